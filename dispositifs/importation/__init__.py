"""Faire entrer des fichiers dans l'inventaire : un lecteur par format, un seul moteur."""
