"""A file of many pages is several documents: separator sheets and stickers with barcodes say where each begins."""
