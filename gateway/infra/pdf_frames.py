"""What the hub and its workers for PDFs say to each other, over pipes.

To the worker: `ASK` (size, whether signatures are asked for), then the PDF; a size of 0 asks it only to make ready.
From the worker: `ANSWER` (size), then JSON in the shape of `PdfFacts`.
"""

from struct import Struct
from typing import Final

ASK: Final = Struct(">I?")
ANSWER: Final = Struct(">I")
