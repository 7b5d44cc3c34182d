"""
Byline rules: what they are, and how they read a line and a page.

    rule       one rule, and the vocabulary it is written in
    parsing    makes a rule of a mapping, or refuses it and says what is wrong
    loader     reads packs and files of rules; everything else here except kept is pure
    telltale   what a book's patterns reveal, derived by needles, ranges and rarity; cached on disk by kept
    clues      which rules may match a line, without running them
    ready      rules prepared for matching
    matcher    matches a book of rules against a line
    page       matches a book against a page: zones (body), neighbours (blocks, rows, lists, story), lines to believe
    people     splits lists of names
    selftest   runs the rules' own examples
    reading    explains a line: which rules take something from it, and which nearly do
    sites      the site of a document, and the keys of its lines
    suggest    proposes rules for lines that a site repeats, as counted by tally
"""
