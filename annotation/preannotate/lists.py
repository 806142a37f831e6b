"""The word lists that the entity rules consult, by name: loaded once, and asked without a look-up of the list.

Each is a set of folded words (`gazetteer.words`) or, where its entries have several, of tuples of them.
"""

from __future__ import annotations

from annotation.preannotate.gazetteer import norp_words, phrases, words

AMBIGUOUS_NAMES = words("ambiguous_names")
BUILDING_NAMES = words("building_names")
CITIES = words("cities")
COMMON_NOUNS = words("common_nouns")
DROPPED_HEADS = words("dropped_heads")
FIRST_NAMES = words("first_names")
GPE = words("gpe")
GPE_AMBIGUOUS = words("gpe_ambiguous")
HONORIFICS = words("honorifics")
LOC = words("loc")
NAME_FIRSTS = words("name_firsts")
NAME_LASTS = words("name_lasts")
NAME_PARTICLES = words("name_particles")
NATIONS = norp_words()
NOT_BUILDINGS = words("not_buildings")
NOT_PLACES = words("not_places")
OCCUPATIONS = words("occupations")
OFFICES = words("offices")
OFFICE_ADJECTIVES = words("office_adjectives")
ORG_HEADS = words("org_heads")
PLACE_HEADS = words("place_heads")
SOVEREIGNS = words("sovereigns")
STOPWORDS = words("stopwords")
SURNAMES = words("surnames")
VERBS = words("verbs")
NATIONAL_BODIES = phrases("national_bodies")
NOT_BODIES = phrases("not_bodies")
NEWSPAPERS = phrases("newspapers")
OFFICES_ALONE = phrases("offices_alone")
OFFICES_CONSTRUCT = phrases("offices_construct")
