"""Les entiers que porte une adresse."""

from django.urls.converters import IntConverter


class Entier(IntConverter):
    """Un entier que toute base sait porter ; plus long, l'adresse n'existe pas (404).

    Django l'accorde à une clé primaire ; une clé étrangère l'enverrait à la base, qui se plaint.
    """

    regex = "[0-9]{1,18}"
