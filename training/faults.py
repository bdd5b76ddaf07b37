"""What the machine refuses while training, in a sentence: memory and disk. Imports torch: workers only."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from storage.errors import DiskFull, InvalidInput
from training import checkpoints
from training.config import TrainingConfig


@contextmanager
def plain_faults(config: TrainingConfig, folder: Path, device: str) -> Iterator[None]:
    """Raise InvalidInput where memory ran out and DiskFull where the disk did; pass on anything else.

    `folder` holds the checkpoints; one that was being written is removed.
    """
    try:
        yield
    except torch.OutOfMemoryError as fault:
        raise InvalidInput(
            f"The {device} device ran out of memory at batch size {config.batch_size} and "
            f"{config.max_length_tokens} tokens a row.",
            next_step="Halve batch_size and double gradient_accumulation_steps, or lower max_length_tokens.",
        ) from fault
    except Exception as fault:
        if not _is_disk_full(fault):
            raise
        checkpoints.last_complete(folder)  # removes the one that was being written
        raise DiskFull(
            f"The disk that holds {folder} is full; the last complete checkpoint is kept.",
            next_step="Free some space and resume the job.",
        ) from fault


def _is_disk_full(fault: BaseException) -> bool:
    """Whether a full disk is behind it: safetensors and torch bring the reason along as text only."""
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(sign in str(fault) for sign in ("No space left on device", "PytorchStreamWriter failed"))
