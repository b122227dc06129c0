"""What the tests of the formats share: drawn documents (``standoff_drawn``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
