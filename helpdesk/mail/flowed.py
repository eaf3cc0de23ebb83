"""Join the lines of format=flowed text (RFC 3676) into paragraphs; quote depth and "-- " are respected."""


def unflow(text: str, *, delsp: bool = False) -> str:
    """Paragraphs in one line each; `delsp`: the space that marks a soft break is not part of the text."""
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        body = content[:-1] if soft and delsp else content
        if open_depth == depth and content != "-- ":
            paragraphs[-1].append(body)
        else:
            paragraphs.append([">" * depth + " " if depth else "", body])
        open_depth = depth if soft else -1
    return "\n".join("".join(pieces) for pieces in paragraphs)
