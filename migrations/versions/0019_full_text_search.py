"""Full text search: word indexes of subjects, messages, file names, customers and contacts."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_FUNCTION = "CREATE OR REPLACE FUNCTION search_words(words text) RETURNS tsvector\n        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$\n        SELECT to_tsvector('pg_catalog.simple'::regconfig,\n            lower(translate(left(words, 100000), ' etanirsoludcmgphvbfzkwjqyx0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\x7f\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0¡¢£¤¥¦§¨©«¬\xad®¯°±´¶·¸»¿\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f‐‑‒–—―‖‗‘’‚‛“”„‟†‡•‣․‥…‧\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f‰‱′″‴‵‶‷‸‹›※‼‽‾‿⁀⁁⁂⁃⁄⁅⁆⁇⁈⁉⁊⁋⁌⁍⁎⁏⁐⁑⁒⁓⁔⁕⁖⁗⁘⁙⁚⁛⁜⁝⁞\u205f\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f×÷ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĲĳĴĵĶķĹĺĻļĽľĿŀŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſƠơƯưǄǅǆǇǈǉǊǋǌǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǠǡǦǧǨǩǪǫǬǭǰǱǲǳǴǵǸǹǺǻȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȞȟȦȧȨȩȪȫȬȭȮȯȰȱȲȳ̴̵̶̷̸̡̢̧̨̛̖̗̘̙̜̝̞̟̠̣̤̥̦̩̪̫̬̭̮̯̰̱̲̳̹̺̻̼͇͈͉͍͎̀́̂̃̄̅̆̇̈̉̊̋̌̍̎̏̐̑̒̓̔̽̾̿̀́͂̓̈́͆͊͋͌̕̚ͅ͏͓͔͕͖͙͚͐͑͒͗͛ͣͤͥͦͧͨͩͪͫͬͭͮͯ͘͜͟͢͝͞͠͡', ' etanirsoludcmgphvbfzkwjqyx0123456789abcdefghijklmnopqrstuvwxyz                                                                                                                                                                                                                                         aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiiiijjkkllllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzsoouudddlllnnnaaiioouuuuuuuuuuaaaaggkkoooojdddggnnaaaaaaeeeeiiiioooorrrruuuusstthhaaeeooooooooyy'))) $words$"
_INDEXES = {
    "postgresql": (
        "CREATE INDEX ticket_words ON ticket USING gin (search_words(subject))",
        "CREATE INDEX ticket_message_words ON ticket_message USING gin (search_words(from_name || ' ' || from_address || ' ' || body))",
        "CREATE INDEX attachment_words ON attachment USING gin (search_words(filename))",
        "CREATE INDEX customer_words ON customer USING gin (search_words(name || ' ' || number))",
        "CREATE INDEX contact_words ON contact USING gin (search_words(name || ' ' || email))",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE ticket_words USING fts5(subject, content='ticket', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        "CREATE TRIGGER ticket_words_added AFTER INSERT ON ticket BEGIN INSERT INTO ticket_words (rowid, subject) VALUES (new.id, new.subject); END",
        "CREATE TRIGGER ticket_words_gone AFTER DELETE ON ticket BEGIN INSERT INTO ticket_words (ticket_words, rowid, subject) VALUES ('delete', old.id, old.subject); END",
        "CREATE TRIGGER ticket_words_changed AFTER UPDATE OF subject ON ticket BEGIN INSERT INTO ticket_words (ticket_words, rowid, subject) VALUES ('delete', old.id, old.subject); INSERT INTO ticket_words (rowid, subject) VALUES (new.id, new.subject); END",
        "INSERT INTO ticket_words (ticket_words) VALUES ('rebuild')",
        "CREATE VIRTUAL TABLE ticket_message_words USING fts5(from_name, from_address, body, content='ticket_message', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        "CREATE TRIGGER ticket_message_words_added AFTER INSERT ON ticket_message BEGIN INSERT INTO ticket_message_words (rowid, from_name, from_address, body) VALUES (new.id, new.from_name, new.from_address, new.body); END",
        "CREATE TRIGGER ticket_message_words_gone AFTER DELETE ON ticket_message BEGIN INSERT INTO ticket_message_words (ticket_message_words, rowid, from_name, from_address, body) VALUES ('delete', old.id, old.from_name, old.from_address, old.body); END",
        "CREATE TRIGGER ticket_message_words_changed AFTER UPDATE OF from_name, from_address, body ON ticket_message BEGIN INSERT INTO ticket_message_words (ticket_message_words, rowid, from_name, from_address, body) VALUES ('delete', old.id, old.from_name, old.from_address, old.body); INSERT INTO ticket_message_words (rowid, from_name, from_address, body) VALUES (new.id, new.from_name, new.from_address, new.body); END",
        "INSERT INTO ticket_message_words (ticket_message_words) VALUES ('rebuild')",
        "CREATE VIRTUAL TABLE attachment_words USING fts5(filename, content='attachment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        "CREATE TRIGGER attachment_words_added AFTER INSERT ON attachment BEGIN INSERT INTO attachment_words (rowid, filename) VALUES (new.id, new.filename); END",
        "CREATE TRIGGER attachment_words_gone AFTER DELETE ON attachment BEGIN INSERT INTO attachment_words (attachment_words, rowid, filename) VALUES ('delete', old.id, old.filename); END",
        "CREATE TRIGGER attachment_words_changed AFTER UPDATE OF filename ON attachment BEGIN INSERT INTO attachment_words (attachment_words, rowid, filename) VALUES ('delete', old.id, old.filename); INSERT INTO attachment_words (rowid, filename) VALUES (new.id, new.filename); END",
        "INSERT INTO attachment_words (attachment_words) VALUES ('rebuild')",
        "CREATE VIRTUAL TABLE customer_words USING fts5(name, number, content='customer', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        "CREATE TRIGGER customer_words_added AFTER INSERT ON customer BEGIN INSERT INTO customer_words (rowid, name, number) VALUES (new.id, new.name, new.number); END",
        "CREATE TRIGGER customer_words_gone AFTER DELETE ON customer BEGIN INSERT INTO customer_words (customer_words, rowid, name, number) VALUES ('delete', old.id, old.name, old.number); END",
        "CREATE TRIGGER customer_words_changed AFTER UPDATE OF name, number ON customer BEGIN INSERT INTO customer_words (customer_words, rowid, name, number) VALUES ('delete', old.id, old.name, old.number); INSERT INTO customer_words (rowid, name, number) VALUES (new.id, new.name, new.number); END",
        "INSERT INTO customer_words (customer_words) VALUES ('rebuild')",
        "CREATE VIRTUAL TABLE contact_words USING fts5(name, email, content='contact', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        "CREATE TRIGGER contact_words_added AFTER INSERT ON contact BEGIN INSERT INTO contact_words (rowid, name, email) VALUES (new.id, new.name, new.email); END",
        "CREATE TRIGGER contact_words_gone AFTER DELETE ON contact BEGIN INSERT INTO contact_words (contact_words, rowid, name, email) VALUES ('delete', old.id, old.name, old.email); END",
        "CREATE TRIGGER contact_words_changed AFTER UPDATE OF name, email ON contact BEGIN INSERT INTO contact_words (contact_words, rowid, name, email) VALUES ('delete', old.id, old.name, old.email); INSERT INTO contact_words (rowid, name, email) VALUES (new.id, new.name, new.email); END",
        "INSERT INTO contact_words (contact_words) VALUES ('rebuild')",
    ),
}
_TABLES = ("ticket", "ticket_message", "attachment", "customer", "contact")


def upgrade() -> None:
    """Brings the tables to this revision."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_FUNCTION.replace("%", "%%"))
    for statement in _INDEXES[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Goes back to the revision before."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in _TABLES:
            op.drop_index(f"{table}_words", table)
        connection.exec_driver_sql("DROP FUNCTION search_words(text)")
        return
    for table in _TABLES:
        for verb in ("added", "gone", "changed"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_words_{verb}")
        connection.exec_driver_sql(f"DROP TABLE {table}_words")
