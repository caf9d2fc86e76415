"""Declares a PDF to be PDF/A-2b (ISO 19005-2): what its colours mean, and metadata that say so.

Only for a document whose every part was made here: one that comes from elsewhere may hold what PDF/A forbids. Text that
is never drawn needs no font in the file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from PIL import ImageCms
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{at}</xmp:CreateDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def declare_archival(writer: PdfWriter) -> None:
    """Adds what PDF/A-2b asks for to a document of pictures (grey or sRGB) and unseen text."""
    at = datetime.now(UTC).replace(microsecond=0)
    producer = f"inkfield {version('inkfield')}"
    writer.pdf_header = "%PDF-1.7"
    writer.metadata = None
    writer.add_metadata({"/Producer": producer, "/CreationDate": at.strftime("D:%Y%m%d%H%M%SZ")})
    writer.generate_file_identifiers()
    told = DecodedStreamObject()
    told.set_data(_XMP.format(producer=producer, at=at.strftime("%Y-%m-%dT%H:%M:%SZ")).encode())
    told[NameObject("/Type")] = NameObject("/Metadata")
    told[NameObject("/Subtype")] = NameObject("/XML")
    profile = DecodedStreamObject()
    profile.set_data(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[NameObject("/N")] = NumberObject(3)
    intent = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/OutputIntent"),
            NameObject("/S"): NameObject("/GTS_PDFA1"),
            NameObject("/OutputConditionIdentifier"): TextStringObject("sRGB"),
            NameObject("/DestOutputProfile"): writer._add_object(profile),
        }
    )
    root = writer.root_object
    root[NameObject("/Metadata")] = writer._add_object(told)
    root[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(intent)])
