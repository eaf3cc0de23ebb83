"""The names of the icons that templates may use. [pure]"""

NAMES = frozenset(
    """
    inbox users mail mail-x activity search languages log-out user user-round keyboard sun-moon sun moon
    circle-check circle-x circle-alert circle-question-mark clock alarm-clock alarm-clock-off pause hourglass
    triangle-alert flame zap coins wallet phone lock reply sticky-note paperclip download send check x
    chevron-down chevron-right chevron-left plus timer hand-coins file-text history arrow-up-right
    corner-down-right bot eye rotate-ccw archive list calendar-clock user-round-plus circle-dot undo-2
    building-2 shield-check receipt route arrow-left ellipsis headphones external-link settings
    pencil octagon-x
    calendar-days calendar-check calendar-x
    list-checks minus package toggle-left toggle-right play square flask-conical eye-off thumbs-up lightbulb
    thumbs-down
    """.split()
)
