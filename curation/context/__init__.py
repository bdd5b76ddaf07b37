"""What helps to decide on one record: what was said of it, and of records like it."""

from curation.context.approved import nearest_approved
from curation.context.looking import of
from curation.context.shapes import Context, NearDuplicate, Other, Past, Similar

__all__ = ["Context", "NearDuplicate", "Other", "Past", "Similar", "nearest_approved", "of"]
