"""« d’Amiens », « de Roye », « du Mans » : ce qui va devant un nom propre."""

import pytest
from django.template import engines

from pams_portal.elision import a, de, le


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Amiens Métropole", "d’Amiens Métropole"),
        ("Région Hauts-de-France", "de la Région Hauts-de-France"),
        ("Département de la Somme", "du Département de la Somme"),
        ("CA Amiens Métropole", "de la CA Amiens Métropole"),
        ("Association « Roue libre »", "de l’Association « Roue libre »"),
        ("Ville-sur-Terre", "de Ville-sur-Terre"),
        ("Mission", "de Mission"),
        ("Épinal", "d’Épinal"),
        ("Île-de-France Mobilités", "d’Île-de-France Mobilités"),
        ("Œuvre sociale", "d’Œuvre sociale"),
        ("AOM du Roye", "de l’AOM du Roye"),
        ("Yvetot", "d’Yvetot"),
        ("Yonne", "d’Yonne"),
        ("Yaoundé", "de Yaoundé"),
        ("Hauts-de-France Mobilités", "de Hauts-de-France Mobilités"),
        ("Havre", "de Havre"),
        ("Hôpital d’Albert", "de l’Hôpital d’Albert"),
        ("Habitat Humanisme", "d’Habitat Humanisme"),
        ("Hérault Mobilités", "d’Hérault Mobilités"),
        ("Onze", "de Onze"),
        ("Le Mans", "du Mans"),
        ("Les Restos du Cœur", "des Restos du Cœur"),
        ("La Rochelle", "de La Rochelle"),
        ("L’Étape", "de L’Étape"),
        ("Legrand", "de Legrand"),
        ("Lescar", "de Lescar"),
        ("A1.2 Garage", "de A1.2 Garage"),
        ("A", "de A"),
        ("3.1 Territoire", "de 3.1 Territoire"),
        ("« Amiens »", "de « Amiens »"),
        ("", "de "),
    ],
)
def test_le_mot_s_elide_ou_se_contracte(nom, attendu):
    assert de(nom) == attendu


@pytest.mark.parametrize(
    ("nom", "confie", "porte"),
    [
        ("Amiens Métropole", "à Amiens Métropole", "Amiens Métropole"),
        ("Région Hauts-de-France", "à la Région Hauts-de-France", "la Région Hauts-de-France"),
        ("Département de l’Oise", "au Département de l’Oise", "le Département de l’Oise"),
        ("Agence Mobilité", "à l’Agence Mobilité", "l’Agence Mobilité"),
        ("Le Mans", "au Mans", "Le Mans"),
        ("Les Restos du Cœur", "aux Restos du Cœur", "Les Restos du Cœur"),
        ("La Rochelle", "à La Rochelle", "La Rochelle"),
        ("", "à ", ""),
    ],
)
def test_un_organisme_prend_son_article(nom, confie, porte):
    assert (a(nom), le(nom)) == (confie, porte)


def test_le_filtre_echappe_ce_qu_il_recoit():
    gabarit = engines["django"].from_string("{% load portail %}Part {{ nom|de }}")
    assert gabarit.render({"nom": "Ami<b>"}) == "Part d’Ami&lt;b&gt;"
