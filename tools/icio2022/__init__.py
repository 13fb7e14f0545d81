"""Steps that turn the OECD inter-country table of 2022 into the packaged world ``icio2022``.

``source`` reads, ``final_sales`` fills what the source lacks, ``tariffs`` adds duties,
``assemble`` makes the World, ``adjustments`` says in words what was done, ``compare`` sets the
result beside the true totals.
"""
