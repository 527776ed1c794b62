"""Policy: what the regulation (QĐ 4764/2017/QĐ-UBND) and the field's experience ask of a document, rule by rule."""
