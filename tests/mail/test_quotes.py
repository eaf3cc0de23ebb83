"""What a person newly wrote is told from what the mail program repeated."""

import itertools
import time

import pytest

from helpdesk.mail.quotes import CAP, Zone, new_text, zones

REPLY = "Ja, das passt so.\n\nDanke und Gruss\nVera"

QUOTED_ATTRIBUTIONS = [
    "Am 03.02.2025 um 14:05 schrieb Support <hilfe@anbieter.example>:",
    "Am Mo., 3. Feb. 2025 um 14:05 Uhr schrieb Support <\nhilfe@anbieter.example>:",
    "Am 03.02.25 schrieb Support:",
    "Support <hilfe@anbieter.example> schrieb am Mo., 3. Feb. 2025,\n14:05:",
    "Le lun. 3 févr. 2025 à 14:05, Support <hilfe@anbieter.example> a écrit :",
    "Le 3 février 2025 à 14:05, Support <hilfe@anbieter.example>\na écrit :",
    "Le 03/02/2025 à 14:05, Support a écrit\xa0:",
    "Den mån 3 feb. 2025 kl 14:05 skrev Support <hilfe@anbieter.example>:",
    "Den 2025-02-03 kl. 14:05, skrev Support:",
    "3 feb. 2025 kl. 14:05 skrev Support <hilfe@anbieter.example>:",
    "På 3 februari 2025 på 14:05:10, Support (hilfe@anbieter.example) skrev:",
    "man. 3. feb. 2025 kl. 14:05 skrev Support <hilfe@anbieter.example>:",
    "Den 3. feb. 2025 kl. 14.05 skrev Support <hilfe@anbieter.example>:",
    "ma 3. helmik. 2025 klo 14.05 Support (hilfe@anbieter.example) kirjoitti:",
    "On Mon, Feb 3, 2025 at 2:05 PM Support <hilfe@anbieter.example> wrote:",
    "On Mon, Feb 3, 2025 at 2:05 PM Support Team of the Vendor\n<hilfe@anbieter.example>\nwrote:",
    "On 3 Feb 2025, at 14:05, Support wrote:",
    'On 2/3/25 14:05, "Support" wrote:',
    "On Monday, February 3, 2025, Support <hilfe@anbieter.example> wrote:",
    "*On Mon, Feb 3, 2025 at 2:05 PM, Support wrote:*",
    "El lun, 3 feb 2025 a las 14:05, Support (<hilfe@anbieter.example>) escribió:",
    "El 3/2/2025, a las 14:05, Support <hilfe@anbieter.example> ha escrito:",
    "Il giorno lun 3 feb 2025 alle ore 14:05 Support <hilfe@anbieter.example> ha\nscritto:",
    "Il 03/02/2025 14:05, Support ha scritto:",
    "Op ma 3 feb 2025 om 14:05 schreef Support <hilfe@anbieter.example>:",
    "Op 3 feb. 2025 om 14:05 heeft Support <hilfe@anbieter.example> het volgende geschreven:",
    "Em seg., 3 de fev. de 2025 às 14:05, Support <hilfe@anbieter.example> escreveu:",
    "pon., 3 lut 2025 o 14:05 Support <hilfe@anbieter.example> napisał(a):",
    "W dniu 03.02.2025 o 14:05, Support pisze:",
    "W dniu 3 lutego 2025 14:05 użytkownik Support <hilfe@anbieter.example>\nnapisał:",
    "po 3. 2. 2025 v 14:05 odesílatel Support <hilfe@anbieter.example> napsal:",
    "Dne 3. 2. 2025 v 14:05 Support napsal(a):",
    "пн, 3 февр. 2025 г. в 14:05, Support <hilfe@anbieter.example>:",
    "03.02.2025 14:05, Support пишет:",
    "2025-02-03 14:05 GMT+01:00 Support <hilfe@anbieter.example>:",
    "2025/2/3 Support <hilfe@anbieter.example>",
    "Support <hilfe@anbieter.example> 于2025年2月3日周一 14:05写道：",
    "2025年2月3日(月) 14:05 Support <hilfe@anbieter.example>:",
    "Support <hilfe@anbieter.example>, 3 Şub 2025 Pzt, 14:05 tarihinde şunu yazdı:",
    "În lun., 3 feb. 2025 la 14:05, Support <hilfe@anbieter.example> a scris:",
    "Support <hilfe@anbieter.example> ezt írta (időpont: 2025. febr. 3., H, 14:05):",
    "Στις Δευ 3 Φεβ 2025 στις 2:05 μ.μ., ο χρήστης Support <hilfe@anbieter.example> έγραψε:",
    "Vào Th 2, 3 thg 2, 2025 vào lúc 14:05 Support <hilfe@anbieter.example> đã viết:",
    "Quoting Support <hilfe@anbieter.example>:",
    "Zitat von Support <hilfe@anbieter.example>:",
    "Citando Support <hilfe@anbieter.example>:",
    "---- On Mon, 03 Feb 2025 14:05:10 +0100 Support <hilfe@anbieter.example> wrote ----",
    "---- Support schrieb ----",
    "------ Originalnachricht ------",
    "Sent from Samsung Mobile\n\nSupport <hilfe@anbieter.example> wrote:",
]


@pytest.mark.parametrize("attribution", QUOTED_ATTRIBUTIONS)
def test_what_stands_above_a_marked_quote_is_kept_and_the_quote_is_not(attribution):
    text = f"{REPLY}\n\n{attribution}\n\n> Passt Ihnen der Termin?\n> Mit freundlichen Grüssen\n"
    assert new_text(text) == REPLY


@pytest.mark.parametrize("attribution", [a for a in QUOTED_ATTRIBUTIONS if "2025/2/3" not in a])
def test_a_quote_without_marks_is_cut_to_the_end(attribution):
    text = f"{REPLY}\n\n{attribution}\n\nPasst Ihnen der Termin?\n\nMit freundlichen Grüssen\n"
    assert new_text(text) == REPLY


OUTLOOK_BLOCKS = [
    "Von: Support <hilfe@anbieter.example>\nGesendet: Montag, 3. Februar 2025 14:05\nAn: Vera <vera@kunde.example>\nBetreff: Termin",
    "Von: Support [mailto:hilfe@anbieter.example]\nGesendet: Montag, 3. Februar 2025 14:05\nAn: Vera\nCc: Emil; Nora\nBetreff: Termin",
    "*Von:* Support <hilfe@anbieter.example>\n*Gesendet:* Montag, 3. Februar 2025 14:05\n*An:* Vera\n*Betreff:* Termin",
    "Von: Support <hilfe@anbieter.example>\nDatum: Montag, 3. Februar 2025 um 14:05\nAn: Vera <vera@kunde.example>\nBetreff: Termin",
    "De : Support <hilfe@anbieter.example>\nEnvoyé : lundi 3 février 2025 14:05\nÀ : Vera <vera@kunde.example>\nObjet : Rendez-vous",
    "De: Support <hilfe@anbieter.example>\nDate: lundi, 3 février 2025 à 14:05\nÀ: Vera\nCc: Emil\nObjet: Rendez-vous",
    "Från: Support <hilfe@anbieter.example>\nSkickat: den 3 februari 2025 14:05\nTill: Vera\nÄmne: Tid",
    "Fra: Support <hilfe@anbieter.example>\nSendt: mandag 3. februar 2025 14:05\nTil: Vera\nEmne: Tid",
    "Lähettäjä: Support <hilfe@anbieter.example>\nLähetetty: maanantai 3. helmikuuta 2025 14.05\nVastaanottaja: Vera\nAihe: Aika",
    "From: Support <hilfe@anbieter.example>\nSent: Monday, February 3, 2025 2:05 PM\nTo: Vera <vera@kunde.example>\nSubject: Appointment",
    "From: Support\nSent: Monday, February 3, 2025 2:05 PM\nTo: Vera\nSubject: Appointment",
    "From: Support <hilfe@anbieter.example>\nDate: Monday, 3 February 2025 at 14:05\nTo: Vera\nSubject: Appointment",
    "From: \tSupport <hilfe@anbieter.example>\nTo: \tVera\nDate: \t03.02.2025 14:05\nSubject: \tTermin",
    "Van: Support <hilfe@anbieter.example>\nVerzonden: maandag 3 februari 2025 14:05\nAan: Vera\nOnderwerp: Afspraak",
    "De: Support <hilfe@anbieter.example>\nEnviado el: lunes, 3 de febrero de 2025 14:05\nPara: Vera\nAsunto: Cita",
    "De: Support <hilfe@anbieter.example>\nEnviado: segunda-feira, 3 de fevereiro de 2025 14:05\nPara: Vera\nAssunto: Hora",
    "Da: Support <hilfe@anbieter.example>\nInviato: lunedì 3 febbraio 2025 14:05\nA: Vera\nOggetto: Appuntamento",
    "From: Support <hilfe@anbieter.example>\nWysłano: poniedziałek, 3 lutego 2025 14:05\nDo: Vera\nTemat: Termin",
    "Od: Support <hilfe@anbieter.example>\nOdesláno: pondělí 3. února 2025 14:05\nKomu: Vera\nPředmět: Termín",
    "От: Support <hilfe@anbieter.example>\nОтправлено: 3 февраля 2025 г. 14:05\nКому: Vera\nТема: Срок",
    "Feladó: Support <hilfe@anbieter.example>\nElküldve: 2025. február 3. 14:05\nCímzett: Vera\nTárgy: Időpont",
    "Kimden: Support <hilfe@anbieter.example>\nGönderildi: 3 Şubat 2025 Pazartesi 14:05\nKime: Vera\nKonu: Randevu",
    "差出人: Support <hilfe@anbieter.example>\n送信日時: 2025年2月3日 14:05\n宛先: Vera\n件名: 予約",
    "发件人: Support <hilfe@anbieter.example>\n发送时间: 2025年2月3日 14:05\n收件人: Vera\n主题: 预约",
]


@pytest.mark.parametrize("block", OUTLOOK_BLOCKS)
@pytest.mark.parametrize(
    "rule", ["", "________________________________\n", "-----Ursprüngliche Nachricht-----\n", "---\n"]
)
def test_a_header_block_ends_what_is_new(block, rule):
    assert new_text(f"{REPLY}\n\n{rule}{block}\n\nPasst Ihnen der Termin?\n") == REPLY


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Original-Nachricht --------",
        "-------- Message d'origine --------",
        "-----Message d'origine-----",
        "-----Message d’origine-----",
        "-----Ursprungligt meddelande-----",
        "----- Ursprungligt meddelande -----",
        "-----Oprindelig meddelelse-----",
        "-----Opprinnelig melding-----",
        "-----Oorspronkelijk bericht-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Mensagem original-----",
        "-----Wiadomość oryginalna-----",
        "-----Alkuperäinen viesti-----",
        "-----Исходное сообщение-----",
        "-----Původní zpráva-----",
        "*-------- Original Message --------*",
        "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein -##",
        "--- Please reply above this line ---",
    ],
)
def test_a_separator_in_any_language_ends_what_is_new(line):
    assert new_text(f"{REPLY}\n\n{line}\nPasst Ihnen der Termin?\n") == REPLY


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my Galaxy S21 5G",
        "Sent via the Samsung Galaxy S21, an AT&T 5G smartphone",
        "Sent from Outlook for iOS<https://aka.example/x>",
        "Get Outlook for Android<https://aka.example/x>",
        "Sent from Yahoo Mail on Android",
        "Sent from Mail for Windows",
        "Von meinem iPhone gesendet",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Gesendet von Mail für Windows",
        "Gesendet von meinem iPad",
        "Gesendet mit der mobilen Mail App",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Holen Sie sich Outlook für iOS",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone",
        "Envoyé à partir d'Outlook pour Android",
        "Envoyé depuis l'application Mail Orange",
        "Obtenez Outlook pour iOS",
        "Skickat från min iPhone",
        "Skickat från Outlook för iOS",
        "Hämta Outlook för Android",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Inviato dal mio dispositivo Samsung",
        "Verzonden vanaf mijn iPhone",
        "Verstuurd vanaf mijn iPad",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Odesláno z iPhonu",
        "iPhoneから送信",
        "发自我的iPhone",
    ],
)
def test_what_a_phone_adds_is_no_word_of_the_sender(line):
    assert new_text(f"{REPLY}\n\n{line}\n") == REPLY
    assert (
        new_text(f"{REPLY}\n\n{line}\n\nAm 03.02.2025 um 14:05 schrieb Support <s@a.example>:\n\n> Hallo")
        == REPLY
    )


@pytest.mark.parametrize(
    "text",
    [
        "Ich brauche folgende Fahrt:\nVon: Zürich\nAn: Bern\nDatum: 3. Februar\nWann geht der Zug?",
        "Die Zeile From: fehlt in der Mail, was tun?",
        "Sent from my desk, which is easier than from my phone.",
        "Notre adresse :\nDe : 8h00\nÀ : 17h00\nMerci",
        "Punkt eins\n----\nPunkt zwei\n====\nPunkt drei ist länger und steht unter der Linie.",
        "On the other hand we could wait.\nOn Monday we decide.",
        "Am Montag habe ich Ihnen geschrieben. Bitte antworten Sie.",
        "Er schrieb: das geht so nicht.",
        "Code:\n```\n// Sent from my program\nx = '--'\n```\nWarum geht das nicht?",
        "Le problème est le suivant : rien ne marche.",
        "Med vänliga hälsningar från oss alla, och tack!",
        "With regards to the invoice: it is wrong.",
        "From: my point of view\nTo: be honest\nSubject: to change without notice",
        "Betreff der Rechnung 4711: falscher Betrag\nDatum: 3.2.2025\nBitte korrigieren.",
    ],
)
def test_human_text_is_not_cut(text):
    assert new_text(text) == text


def test_a_reply_under_the_quote_is_kept_whole():
    text = "Am 03.02.2025 um 14:05 schrieb Support:\n> Passt der Termin?\n> Gruss\n\nJa, gern.\n\nUnd noch eine Frage: wo?\n"
    assert new_text(text) == "Ja, gern.\n\nUnd noch eine Frage: wo?"


def test_replies_between_quotes_are_kept_whole():
    text = "Hallo\n\nOn Mon, Feb 3, 2025 at 2:05 PM Support <s@a.example> wrote:\n> First?\n\nYes.\n\n> Second?\n\nNo.\n> \n> Bye\n"
    found = new_text(text)
    assert "Yes." in found
    assert "No." in found
    assert "First?" not in found


def test_an_attribution_above_an_unmarked_reply_is_all_that_is_cut():
    text = 'On 3 Feb 2025 14:05, "Support" <s@a.example> wrote:\n\nI think it is the driver.\n\nRegards'
    assert new_text(text) == "I think it is the driver.\n\nRegards"


def test_a_passage_quoted_by_hand_is_kept_with_the_answer():
    text = "> Das System muss es können.\n\nWann kommt das?"
    assert new_text(text) == text


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: Kim <kim@k.example>\nDate: Mon, 3 Feb 2025 at 14:05\nSubject: Hi\nTo: Vera <v@k.example>",
        "---------- Weitergeleitete Nachricht ---------\nVon: Kim <kim@k.example>\nDatum: Mo., 3. Feb. 2025\nSubject: Hi\nTo: <v@k.example>",
        "Anfang der weitergeleiteten Nachricht:\n\nVon: Kim <kim@k.example>\nBetreff: Hi\nDatum: 3. Februar 2025 um 14:05:10 MEZ\nAn: v@k.example",
        "Début du message transféré :\n\nDe: Kim <kim@k.example>\nObjet: Hi\nDate: 3 février 2025 à 14:05:10 UTC+1\nÀ: v@k.example",
        "Vidarebefordrat brev:\n\nFrån: Kim <kim@k.example>\nÄmne: Hi\nDatum: 3 februari 2025 14:05:10 CET\nTill: v@k.example",
        "-------- Weitergeleitete Nachricht --------\nBetreff: \tHi\nDatum: \tMon, 3 Feb 2025 14:05:10 +0100\nVon: \tKim <kim@k.example>\nAn: \tv@k.example",
        "From: Kim <kim@k.example>\nSent: Monday, February 3, 2025 2:05 PM\nTo: Vera\nSubject: Hi",
    ],
)
def test_a_bare_forward_is_all_content_and_a_comment_above_it_is_new(head):
    forward = f"{head}\n\nDer Drucker druckt nicht.\n\nKim"
    assert new_text(forward) == forward
    assert new_text(f"Bitte übernehmen.\n\n{forward}") == "Bitte übernehmen."


@pytest.mark.parametrize("bar", ["-- ", "--", "—", "__", "–"])
def test_a_signature_below_its_bar_is_cut(bar):
    assert new_text(f"{REPLY}\n\n{bar}\nVera Muster\nMuster AG\n+41 44 000 00 00\n") == REPLY


def test_a_legal_notice_is_not_what_the_sender_said():
    text = f"{REPLY}\n\nThis e-mail is confidential and intended only for the addressee.\nIf you are not, delete it.\n"
    assert new_text(text) == REPLY
    assert [zone.kind for zone in zones(text)] == ["new", "disclaimer"]


def test_a_wrapped_line_inside_a_quote_belongs_to_it():
    text = "Gut.\n\nOn Monday, 3 February 2025 at 2:05 PM, Support wrote:\n\n> See (http://a.example/very\nlong=1)\n>\n> Bye\n"
    assert new_text(text) == "Gut."


def test_only_quoted_text_leaves_nothing_new():
    assert new_text("Am 03.02.2025 um 14:05 schrieb Support:\n> Ja, ich nehme an.\n") == ""


def test_zones_cover_the_text_in_order_without_overlap():
    text = "Hallo\n\nAm 1.2.2025 um 10:00 schrieb A <a@b.example>:\n\n> hi\n\nnoch was\n-- \nA"
    found = zones(text)
    assert found[0] == Zone("new", 0, 7)
    assert [zone.kind for zone in found] == ["new", "quote_header", "quote", "new", "signature"]
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert all(one.end == two.start for one, two in itertools.pairwise(found))


def test_nothing_has_no_zones():
    assert zones("") == ()
    assert new_text("") == ""


@pytest.mark.parametrize(
    "unit",
    ["On Mon, 1 Jan ", "On Mon, 1 Jan\n", "\n", "> x\ny\n", "Von: x\n", "-----\n", "On " + " " * 50, "-" * 300 + "\n", "- " * 150 + "\n",
     "Am 1.1.2025 schrieb\n", "<a@b.example>\n", "__\n", "From: a@b.example\nTo: x\n", "sent from my a b c d\n", ">\n\n"],
)  # fmt: skip
def test_hostile_repetition_takes_well_under_a_second(unit):
    text = unit * (400_000 // len(unit))
    started = time.process_time()
    found = zones(text)
    assert time.process_time() - started < 10
    assert found[-1].end == len(text) > CAP
