"""
Byline rules: what they are, and how a line and a page are read by them.

    rule       one rule, and the words it is written in
    parsing    a rule out of a mapping, or a refusal that says what is wrong
    loader     packs and files of rules; all else here but kept is pure
    telltale   what the patterns of a book tell of, read by needles, ranges and rarity; kept on disk by kept
    clues      which rules may fit a line, told without asking them
    ready      rules made ready to be asked
    matcher    a book of rules reads a line
    page       a book reads a page: zones (body), neighbours (blocks), and whom to believe
    people     lists of names, taken apart
    selftest   the rules' own examples, run
    reading    a line read aloud: which rules take something from it, and which nearly would
    sites      which site a document is from, and under which keys its lines are counted
    suggest    lines that a site repeats (tally), as rules to read and keep
"""
