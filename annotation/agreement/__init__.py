"""How far annotators agree, with each other and with the model that they were shown (docs/agreement.md).

`marks` turns finished work into columns, `compare` counts what two annotators share, `alpha` is Krippendorff's alpha,
`resample` gives intervals, `anchoring` compares with the model, `figures` puts it all together.
"""
