"""From the close to the numbers. Once the box is sealed, the board is the only input."""

from voting.services.tallying.closing import close
from voting.services.tallying.counting import count, is_counted, is_finished
from voting.services.tallying.summing import Progress, sum_batch

__all__ = ["Progress", "close", "count", "is_counted", "is_finished", "sum_batch"]
