"""Le contenu de démonstration, et de quoi le poser dans une base vide.

C'est du câblage, comme `pams_portal.urls` : ce paquet importe les applications et aucune ne
l'importe. Tout ce qui se lit vit dans `contenu/` (TOML pour les fiches, Markdown pour les textes) ;
les actes passent par le code du métier, chacun à sa place, et laissent leur ligne au journal.
"""
