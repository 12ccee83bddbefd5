"""Les horaires d'OpenStreetMap, dits en français ; tout autre texte reste intact."""

import pytest

from dispositifs.templatetags.horaires import horaires


@pytest.mark.parametrize(
    ("osm", "lu"),
    [
        ("Mo-Fr 09:00-17:00", "du lundi au vendredi de 9 h à 17 h"),
        (
            "Mo-Fr 09:00-12:00, 13:30-18:00; Sa 09:00-12:00",
            "du lundi au vendredi de 9 h à 12 h et de 13 h 30 à 18 h ; le samedi de 9 h à 12 h",
        ),
        ("Mo,We,Fr 14:00-17:00", "le lundi, le mercredi et le vendredi de 14 h à 17 h"),
        (
            "Mar-Oct: Sa 09:30-11:30; Apr-Sep Su 10:00-12:00",
            "de mars à octobre, le samedi de 9 h 30 à 11 h 30 ; "
            "d’avril à septembre, le dimanche de 10 h à 12 h",
        ),
        (
            "Tu-Th,Su 08:05-24:00; PH off",
            "du mardi au jeudi et le dimanche de 8 h 05 à 24 h ; fermé les jours fériés",
        ),
    ],
)
def test_les_horaires_se_disent_en_francais(osm, lu):
    assert horaires(osm).replace("\u00a0", " ").replace("\u202f", " ") == lu


@pytest.mark.parametrize(
    "ecrit", ["", "lundi de 9h à 12h", "Mo-Fr", "Mo-Fr 9:00-17:00", "24/7", "Mo-Fr 09:00-17:00; x"]
)
def test_ce_qui_ne_se_lit_pas_reste_tel_qu_il_est_ecrit(ecrit):
    assert horaires(ecrit) == ecrit
