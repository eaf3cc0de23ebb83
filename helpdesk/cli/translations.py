"""`helpdesk translations`: from the texts in code and templates to the catalogues in de, fr and sv."""

import click

from helpdesk.cli import catalogues
from helpdesk.cli.output import put
from helpdesk.i18n import compile_catalogues


@click.group()
def translations() -> None:
    """Texts in de, fr and sv.

    English is the source: the texts stand in the code and in the templates. Each language has a catalogue,
    translations/<language>/LC_MESSAGES/messages.po, which people edit.
    """


@translations.command()
def extract() -> None:
    """Collect the texts of code and templates into translations/messages.pot."""
    template = catalogues.collect()
    catalogues.write_template(template)
    put(f"{len(template)} texts are in {catalogues.TEMPLATE}.")


@translations.command()
def update() -> None:
    """Collect the texts, bring every catalogue up to date, and say what is not translated.

    Texts that are gone are kept at the end of the catalogue, in case they come back.
    """
    template = catalogues.collect()
    catalogues.write_template(template)
    for language in catalogues.LANGUAGES:
        missing = catalogues.bring_up_to_date(language, template)
        put(f"{language}: {len(template)} texts, {missing} not translated")
    compile_catalogues()


@translations.command("compile")
def compile_all() -> None:
    """Write what the program reads (.mo) for every catalogue that changed; `setup` does it too."""
    put(f"{compile_catalogues()} catalogues were compiled.")
