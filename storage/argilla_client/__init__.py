"""The only module that speaks to Argilla.

    client = connect(project)                        # as the owner
    client = connect(project, token=signed_in)       # as a person
    for item in client.pending(queue_id, 10): …
    client.submit(item.record_id, ReviewAnswer(decision="approved", output="…").values())

`review_shape` says what a review queue looks like and how a decision is written down.
"""

from __future__ import annotations

from storage.argilla_client.checking import Standing, check, prepare
from storage.argilla_client.client import ArgillaClient, connect
from storage.argilla_client.review_shape import (
    Provenance,
    ReviewAnswer,
    labels_fit,
    read_answer,
    review_queue,
    suggestions_for,
)
from storage.argilla_client.shapes import (
    AddedRecords,
    ArgillaUser,
    Change,
    ChangePage,
    FeedLost,
    LabelQuestion,
    MetadataProperty,
    MyProgress,
    OwnResponse,
    QueueItem,
    QueueProgress,
    QueueRecord,
    QueueSpec,
    QueueSummary,
    RatingQuestion,
    RecordGone,
    ResponseState,
    StoredResponse,
    Suggestion,
    TextField,
    TextQuestion,
    Token,
)

__all__ = [
    "AddedRecords",
    "ArgillaClient",
    "ArgillaUser",
    "Change",
    "ChangePage",
    "FeedLost",
    "LabelQuestion",
    "MetadataProperty",
    "MyProgress",
    "OwnResponse",
    "Provenance",
    "QueueItem",
    "QueueProgress",
    "QueueRecord",
    "QueueSpec",
    "QueueSummary",
    "RatingQuestion",
    "RecordGone",
    "ResponseState",
    "ReviewAnswer",
    "Standing",
    "StoredResponse",
    "Suggestion",
    "TextField",
    "TextQuestion",
    "Token",
    "check",
    "connect",
    "labels_fit",
    "prepare",
    "read_answer",
    "review_queue",
    "suggestions_for",
]
