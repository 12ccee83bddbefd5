"""Qui obtient quoi : le tableau d'accès de toutes les pages du portail.

302 : va se connecter ; 403 : sait mais ne peut pas ; 404 : n'en sait rien. Les personnes sont
celles de `conftest.py` : region et departement co-pilotes, redac, lectr et gesti de la Région,
assem du service des assemblées, aom et spe coordonnées, assoc associée, invit invitée, etran co-pilote d'un
autre bassin, sans une personne sans habilitation, admin l'administration technique.

« post » : la page n'accepte que POST, le code est celui d'un POST vide et un GET répond 405.
"""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from dispositifs.models import Distinction
from plans.models import Plan
from tests import factories as f
from tests.acces import PERSONNES, lecture_seule, objets_du_suivi, statut

# ruff: noqa: E501
# fmt: off
TABLEAU = """
page                                  objet            anon region depart redac lectr gesti assem aom spe assoc invit etran sans admin
accueil                               -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
droits                                -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
accessibilite                         -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
mentions                              -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
sante                                 -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
accent                                -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
donnees_ouvertes                      -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
fichier_ouvert                        fichier          200  200    200    200   200   200   200   200 200 200   200   200   200  200
fichier_ouvert                        fichier_faux     404  404    404    404   404   404   404   404 404 404   404   404   404  404
api:racine                            -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:openapi                           -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:bassin_list                       -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:bassin_detail                     bassin           200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:acteur_list                       -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:acteur_detail                     uuid_acteur      200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:dispositif_list                   -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:dispositif_detail                 uuid_publie      200  200    200    200   200   200   200   200 200 200   200   200   200  200
api:dispositif_detail                 uuid_signale     404  404    404    404   404   404   404   404 404 404   404   404   404  404
connexion                             -                200  302    302    302   302   302   302   302 302 302   302   302   302  302
bassins:bassin_list                   -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
bassins:bassin_detail                 bassin           200  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:ma_part                         -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:plan_list                       -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:plan_create                     -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:plan_detail                     plan             404  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:plan_detail                     adopte           200  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:plan_update                     plan             302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:plan_update                     adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:plan_journal                    plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:plan_journal                    adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:plan_conformite                 plan             404  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:plan_conformite                 adopte           200  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:plan_pdf                        plan             404  202    202    202   202   202   202   202 202 202   202   404   404  404
plans:plan_pdf                        adopte           202  202    202    202   202   202   202   202 202 202   202   202   202  202
plans:plan_pdf_demander          post plan             403  302    302    302   302   302   302   302 302 302   302   404   404  404
plans:plan_marquer_lu            post plan             403  302    302    302   302   302   302   302 302 302   302   404   404  404
plans:plan_marquer_lu            post adopte           403  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:plan_etapes                     plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:plan_etapes                     adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:plan_passer                post plan             403  302    302    403   403   403   403   403 403 403   403   404   404  404
plans:visa_create                post partie_region    403  302    403    403   403   403   403   403 403 403   403   404   404  404
plans:visa_create                post partie_aom       403  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:visa_delete                post visa_region      403  302    403    403   403   403   403   403 403 403   403   404   404  404
plans:levee_update                    levee_b5         302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:levee_update                    levee_b8         302  404    404    403   403   403   403   403 403 403   403   404   404  404
plans:levee_update                    levee_adopte     302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:levee_delete               post levee_b5         403  302    302    403   403   403   403   403 403 403   403   404   404  404
plans:version_detail                  version_un       302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:version_json                    version_un       302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:version_comparer                plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:version_comparer                adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:partie_list                     plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:qui_doit_quoi                   plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:qui_doit_quoi                   adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:partie_parts                    partie_aom       302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:partie_relancer            post partie_aom       403  302    302    302   403   403   403   403 403 403   403   404   404  404
plans:partie_create                   plan             302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:partie_update                   partie_aom       302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:partie_update                   partie_region    302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:partie_delete                   partie_aom       302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:partie_delete                   partie_region    302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:partie_repondre            post partie_aom       403  403    403    403   403   403   403   302 403 403   403   404   404  404
plans:partie_repondre            post partie_region    403  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_create             chapitre         302  200    200    200   403   403   403   200 200 200   403   404   404  404
plans:contribution_create             chapitre_spe     302  200    200    200   403   403   403   403 200 403   403   404   404  404
plans:contribution_create             chapitre_fiches  302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_update             part_region      302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:contribution_update             part_depart      302  403    200    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_update             part_aom         302  403    403    403   403   403   403   200 403 403   403   404   404  404
plans:contribution_update             part_assoc       302  403    403    403   403   403   403   403 403 200   403   404   404  404
plans:contribution_update             part_invit       302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_update             part_spe         302  403    403    403   403   403   403   403 200 403   403   404   404  404
plans:contribution_delete             part_region      302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:contribution_delete             part_commune     302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_attribuer          part_region      302  200    403    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_attribuer          part_aom         302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:contribution_deplacer      post part_aom         403  302    302    302   403   403   403   403 403 403   403   404   404  404
plans:axe_create                      plan             302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:axe_update                      axe              302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:objectif_create                 axe              302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:objectif_update                 objectif         302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_create             plan             302  200    200    200   403   403   403   200 200 200   403   404   404  404
plans:fiche_action_detail             fiche_region     404  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:fiche_action_detail             fiche_publique   200  200    200    200   200   200   200   200 200 200   200   200   200  200
plans:fiche_action_detail             fiche_secrete    404  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:fiche_action_update             fiche_region     302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_update             fiche_aom        302  403    403    403   403   403   403   200 403 403   403   404   404  404
plans:fiche_action_update             fiche_publique   302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:fiche_action_delete             fiche_brouillon  302  200    403    403   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_delete             fiche_engagee    302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_attribuer          fiche_region     302  200    403    403   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_attribuer          fiche_aom        302  200    200    403   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_proposer      post fiche_region     403  302    403    302   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_proposer      post fiche_aom        403  403    403    403   403   403   403   302 403 403   403   404   404  404
plans:avis_update                     fiche_comite     302  200    200    403   403   403   403   200 200 200   403   404   404  404
plans:avis_update                     fiche_region     302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:fiche_action_deplacer      post fiche_region     403  302    302    302   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    etapes_neuf      302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    budget_neuf      302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    indic_neuf       302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    partn_neuf       302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    demande_neuf     302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_create                    financ_neuf      302  200    200    403   403   403   403   200 200 200   403   404   404  404
plans:ligne_create                    inconnu_neuf     302  404    404    404   404   404   404   404 404 404   404   404   404  404
plans:ligne_update                    etape            302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_update                    budget           302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_update                    indicateur       302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_update                    euro_depart      302  403    200    403   403   403   403   403 403 403   403   404   404  404
plans:ligne_update                    euro_absent      302  200    403    403   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    etape            302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    budget           302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    indicateur       302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    euro_depart      302  403    200    403   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    demande_muette   302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    demande_chiffree 302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    role_sollicite   302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:ligne_delete                    role_confirme    302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:partenariat_repondre       post role_repondre    403  403    403    403   403   403   403   302 403 403   403   404   404  404
plans:part_journal                    j_part_aom       302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:part_journal                    j_etape          302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:part_journal                    j_secrete        302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:part_journal                    j_publique       302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:part_journal                    j_detourne       302  404    404    404   404   404   404   404 404 404   404   404   404  404
plans:part_journal                    j_inconnu        302  404    404    404   404   404   404   404 404 404   404   404   404  404
plans:part_brouillon             post j_part_region    403  400    403    400   403   403   403   403 403 403   403   404   404  404
plans:part_brouillon             post j_euro_depart    403  403    400    403   403   403   403   403 403 403   403   404   404  404
plans:part_brouillon             post j_publique       403  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:part_presence              post j_part_region    403  204    403    204   403   403   403   403 403 403   403   404   404  404
plans:presence_list                   plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:presence_list                   adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
brouillon_list                        -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
brouillon_delete                 post brouillon        403  302    404    404   404   404   404   404 404 404   404   404   404  404
plans:part_retablir                   r_part_region    302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:part_retablir                   r_etape          302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:part_retablir                   r_axe            302  200    200    200   403   403   403   403 403 403   403   404   404  404
plans:part_retablir                   r_euro_depart    302  403    200    403   403   403   403   403 403 403   403   404   404  404
plans:part_retablir                   r_role           302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:part_retablir                   r_present        302  404    403    404   403   403   403   403 403 403   403   404   404  404
plans:proposition_create              j_part_aom       302  200    200    200   403   403   403   403 200 200   403   404   404  404
plans:proposition_create              j_part_region    302  403    200    403   403   403   403   200 200 200   403   404   404  404
plans:proposition_create              j_axe            302  403    403    403   403   403   403   200 200 200   403   404   404  404
plans:proposition_create              j_secrete        302  403    200    403   403   403   403   200 200 200   403   404   404  404
plans:proposition_create              j_euro_depart    302  403    403    403   403   403   403   403 403 403   403   404   404  404
plans:proposition_create              j_publique       302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:proposition_list                plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:proposition_list                adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:proposition_detail              proposition      302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:proposition_detail              prop_detournee   302  404    404    404   404   404   404   404 404 404   404   404   404  404
plans:proposition_accepter            proposition      302  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:proposition_refuser        post proposition      403  200    403    200   403   403   403   403 403 403   403   404   404  404
plans:proposition_reprendre      post proposition      403  403    302    403   403   403   403   403 403 403   403   404   404  404
plans:observation_list                plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:observation_list                adopte           302  403    403    403   403   403   403   403 403 403   403   403   403  403
plans:observation_csv                 plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:observation_xlsx                plan             302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:observation_create              obs_chapitre     302  200    200    200   403   403   403   200 200 200   200   404   404  404
plans:observation_create              obs_secrete      302  200    200    200   403   403   403   200 200 200   200   404   404  404
plans:observation_create              obs_ailleurs     302  404    404    404   404   404   404   404 404 404   404   404   404  404
plans:observation_detail              obs_invit        302  200    200    200   200   200   200   200 200 200   200   404   404  404
plans:observation_repondre            obs_invit        302  200    200    200   403   403   403   200 200 200   200   404   404  404
plans:observation_resoudre       post obs_invit        403  302    302    302   403   403   403   302 403 403   302   404   404  404
plans:observation_rouvrir        post obs_invit        403  302    302    302   403   403   403   302 403 403   302   404   404  404
plans:message_update                  mess_invit       302  403    403    403   403   403   403   403 403 403   200   404   404  404
plans:message_update                  mess_region      302  200    403    403   403   403   403   403 403 403   403   404   404  404
plans:message_delete                  mess_invit       302  403    403    403   403   403   403   403 403 403   200   404   404  404
plans:message_delete                  mess_repondu     302  403    403    403   403   403   403   403 403 403   403   404   404  404
deconnexion                      post -                302  302    302    302   302   302   302   302 302 302   302   302   302  302
notification_list                     -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
notification_reglages                 -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
notification_lire                post -                403  302    302    302   302   302   302   302 302 302   302   302   302  302
fil_suivre                       post fil_inconnu      403  404    404    404   404   404   404   404 404 404   404   404   404  404
fil_quitter                           jeton_de_fil     410  410    410    410   410   410   410   410 410 410   410   410   410  410
mot_de_passe                          -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
mot_de_passe_oublie                   -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
mot_de_passe_envoye                   -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
mot_de_passe_nouveau                  jeton_faux       410  410    410    410   410   410   410   410 410 410   410   410   410  410
mot_de_passe_enregistre               -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
acteurs:acteur_list                   -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
acteurs:acteur_detail                 acteur_aom       200  200    200    200   200   200   200   200 200 200   200   200   200  200
acteurs:acteur_create                 -                302  200    200    200   403   403   403   200 200 200   200   200   403  403
acteurs:acteur_update                 acteur_aom       302  403    403    403   403   403   403   200 403 403   403   403   403  403
acteurs:acteur_update                 acteur_region    302  200    403    200   403   403   403   403 403 403   403   403   403  403
acteurs:etablissement_create          acteur_region    302  200    403    200   403   403   403   403 403 403   403   403   403  403
acteurs:etablissement_update          etab_region      302  200    403    200   403   403   403   403 403 403   403   403   403  403
acteurs:etablissement_update          etab_detourne    302  404    404    404   404   404   404   404 404 404   404   404   404  404
acteurs:etablissement_delete          etab_region      302  200    403    200   403   403   403   403 403 403   403   403   403  403
acteurs:habilitation_list             acteur_region    302  403    403    403   403   200   403   403 403 403   403   403   403  403
acteurs:habilitation_create           acteur_region    302  403    403    403   403   200   403   403 403 403   403   403   403  403
acteurs:habilitation_delete      post habil_region     403  403    403    403   403   302   403   403 403 403   403   403   403  403
acteurs:habilitation_delete      post habil_detourne   403  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:dispositif_list           -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_detail         dispo_publie     200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_detail         dispo_signale    404  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_export         xlsx             200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_export         csv              200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_export         pdf              404  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:importation_create        -                302  200    200    200   403   403   403   200 200 200   200   200   403  403
dispositifs:importation_detail        import_region    302  200    404    200   403   403   404   404 404 404   404   404   404  404
dispositifs:importation_update        import_region    302  200    404    200   403   403   404   404 404 404   404   404   404  404
dispositifs:importation_appliquer post import_region   403  302    404    302   403   403   404   404 404 404   404   404   404  404
dispositifs:importation_delete   post import_region    403  302    404    302   403   403   404   404 404 404   404   404   404  404
dispositifs:dispositif_ecarts         dispo_publie     302  403    403    403   403   403   403   200 403 403   403   403   403  403
dispositifs:dispositif_ecarts         dispo_invit      302  403    403    403   403   403   403   403 403 403   200   403   403  403
dispositifs:ecart_decider        post ecart            403  403    403    403   403   403   403   400 403 403   403   403   403  403
dispositifs:ecart_decider        post ecart_detourne   403  403    403    403   403   403   403   404 403 403   403   403   403  403
dispositifs:dispositif_create         -                302  200    200    200   403   403   403   200 200 200   200   200   403  403
dispositifs:dispositif_update         dispo_publie     302  403    403    403   403   403   403   200 403 403   403   403   403  403
dispositifs:dispositif_update         dispo_invit      302  403    403    403   403   403   403   403 403 403   200   403   403  403
dispositifs:dispositif_statut         dispo_publie     302  403    403    403   403   403   403   200 403 403   403   403   403  403
dispositifs:dispositif_porteur        dispo_publie     302  403    403    403   403   403   403   200 403 403   403   403   403  403
dispositifs:dispositif_confirmer post dispo_publie     403  403    403    403   403   403   403   302 403 403   403   403   403  403
dispositifs:dispositif_remettre  post dispo_publie     403  403    403    403   403   403   403   302 403 403   403   403   403  403
dispositifs:dispositif_carte          -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_list_pdf       -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
solutions                             -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
solutions_affiche                     commune          200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:selection                 -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:selection_pdf             -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:recherche_list            -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:recherche_create          -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:recherche_update          recherche        302  200    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:recherche_delete     post recherche        403  302    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:dispositif_fusionner      doublons_aom     302  403    403    403   403   403   403   200 403 403   403   403   403  403
dispositifs:dispositif_fusionner      doublon_partage  302  403    403    403   403   403   403   200 403 403   200   403   403  403
dispositifs:dispositif_fusionner      meme_fiche       302  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:distinction_create   post doublon_partage  403  403    403    403   403   403   403   302 403 403   302   403   403  403
dispositifs:distinction_delete   post distinctes       403  403    403    403   403   403   403   302 403 403   302   403   403  403
dispositifs:distinction_delete   post doublon_partage  403  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:fusion_defaire       post fusion_aom       403  403    403    403   403   403   403   302 403 403   403   403   403  403
dispositifs:fusion_defaire       post fusion_partagee  403  403    403    403   403   403   403   403 403 403   403   403   403  403
dispositifs:dispositif_detail         fusionne         302  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:demande_repondre          lien_recu        200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:demande_repondre          lien_faux        404  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:demande_corriger          lien_recu        200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:demande_corriger          lien_faux        404  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:signalement_create        dispo_publie     200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:signalement_create        dispo_signale    404  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:correction_create         dispo_publie     302  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:dispositif_demander  post dispo_publie     403  302    302    302   403   403   403   403 403 403   403   302   403  403
dispositifs:dispositif_demander  post dispo_du_bassin  403  302    302    302   403   403   403   403 403 403   403   403   403  403
dispositifs:signalement_list          -                302  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:signalement_detail        sign_aom         302  200    200    200   200   200   200   200 404 404   404   404   404  404
dispositifs:signalement_detail        sign_par_spe     302  200    200    200   200   200   200   404 200 404   404   404   404  404
dispositifs:signalement_appliquer post sign_aom        403  403    403    403   403   403   403   302 404 404   404   404   404  404
dispositifs:signalement_suivi         suivi_public     200  200    200    200   200   200   200   200 200 200   200   200   200  200
dispositifs:signalement_suivi         suivi_faux       404  404    404    404   404   404   404   404 404 404   404   404   404  404
dispositifs:demande_merci             -                200  200    200    200   200   200   200   200 200 200   200   200   200  200
"""
# fmt: on


def lignes(methode):
    """[(page, objet, {personne: code})] pour une méthode."""
    entete, *reste = [ligne.split() for ligne in TABLEAU.strip().splitlines()]
    for adresse, *suite in reste:
        if methode == (suite.pop(0) if suite[0] == "post" else "get"):
            objet, *codes = suite
            yield adresse, objet, dict(zip(entete[2:], map(int, codes), strict=True))


def pages_du_tableau():
    return {ligne.split()[0] for ligne in TABLEAU.strip().splitlines()[1:]}


@pytest.fixture
def objets(bassin, plan, region, departement, aom, spe, association, invitee, personnes):
    """{nom du tableau: arguments de l'adresse}."""
    adopte = f.make_plan(bassin, slug="adopte", etat=Plan.Etat.ADOPTE)
    porteur_adopte = f.make_partie(adopte)
    fiche = f.make_fiche(region)
    fiche_aom = f.make_fiche(aom)
    engagee = f.make_fiche(region)
    f.make_financement(engagee, departement)
    publique = f.make_fiche(porteur_adopte)
    secrete = f.make_fiche(region, confidentielle=True)
    de_fiche = [plan.slug, fiche.code]
    sollicite = f.make_partenariat(fiche, aom)
    confirme = f.make_partenariat(fiche, spe, reponse="confirme")
    demande = f.make_financement(fiche, aom, montant=None, statut="sollicite")
    chiffre = f.make_financement(fiche, departement, statut="annonce")
    commune = f.make_contribution(region, commune=True)
    dispo_aom, dispo_invit = f.make_dispositif(aom.acteur), f.make_dispositif(invitee.acteur)
    distinct = f.make_dispositif(aom.acteur)
    Distinction.objects.create(un=dispo_invit, autre=distinct)
    fusion = f.make_fusion(dispo_aom)
    objectif = f.make_objectif(plan)
    f.make_chapitre(plan, "recapitulatif")
    f.make_chapitre(plan, "mesures_spe")

    versionnee = f.make_contribution(region, version=2)
    proposition = f.make_proposition(departement, versionnee)
    etape, role = f.make_etape(fiche, version=2), f.make_partenariat(fiche, aom, version=2)
    euro = f.make_financement(fiche, departement, version=2)
    type(objectif.axe).objects.filter(pk=objectif.axe_id).update(version=2)
    plan.levees.create(regle="B5-lecture", motif="Relu.")
    version = f.make_version(plan, numero=1)
    visa = f.make_visa(f.make_version(plan), region)
    ecart = f.make_ecart(f.make_dispositif(aom.acteur))

    def habilitation(qui):
        return personnes[qui].habilitations.get().pk

    def observation(partie, qui, **cible):
        return f.make_observation(partie, personnes[qui], **cible)

    def message(fil, **champs):
        premier = fil.messages.first()
        fil.messages.filter(pk=premier.pk).update(**champs or {"ecrit_le": timezone.now()})
        return [plan.slug, fil.numero, premier.pk]

    de_l_invitee = observation(invitee, "invitee", contribution=f.make_contribution(aom))
    repondue = observation(region, "region", fiche=fiche)
    f.make_message(repondue, aom)

    def part(partie, cle="accompagnement"):
        return [plan.slug, f.make_contribution(partie, cle).pk]

    signale = f.make_dispositif(aom.acteur, statut="signale")
    f.make_fichier_ouvert("data-inclusion-services.json")
    return {
        "-": [],
        "fichier": ["data-inclusion-services", "json"],
        "fichier_faux": ["personnes", "csv"],
        "uuid_acteur": [aom.acteur.identifiant],
        "uuid_publie": [f.make_dispositif(aom.acteur).identifiant],
        "uuid_signale": [signale.identifiant],
        "fil_inconnu": [uuid4()],
        "jeton_de_fil": ["faux"],
        "bassin": [bassin.slug],
        "plan": [plan.slug],
        "adopte": [adopte.slug],
        "partie_aom": [plan.slug, aom.pk],
        "partie_region": [plan.slug, region.pk],
        "visa_region": [plan.slug, visa.pk],
        "levee_b5": [plan.slug, "B5-lecture"],
        "levee_b8": [plan.slug, "B8-loi"],
        "levee_adopte": [adopte.slug, "B5-lecture"],
        "version_un": [plan.slug, version.numero],
        "chapitre": [plan.slug, "accompagnement"],
        "obs_chapitre": [plan.slug, "chapitre", "accompagnement"],
        "obs_secrete": [plan.slug, "fiche", secrete.code],
        "obs_ailleurs": [plan.slug, "contribution", f.make_contribution(porteur_adopte).pk],
        "obs_invit": [plan.slug, de_l_invitee.numero],
        "mess_invit": message(de_l_invitee),
        "mess_region": message(observation(region, "region")),
        "mess_repondu": message(repondue),
        "chapitre_spe": [plan.slug, "mesures_spe"],
        "chapitre_fiches": [plan.slug, "recapitulatif"],
        "part_region": part(region),
        "part_depart": part(departement),
        "part_aom": part(aom),
        "part_assoc": part(association),
        "part_invit": part(invitee),
        "part_spe": part(spe, "mesures_spe"),
        "part_commune": [plan.slug, commune.pk],
        "axe": [plan.slug, objectif.axe_id],
        "objectif": [plan.slug, objectif.pk],
        "fiche_region": de_fiche,
        "fiche_brouillon": [plan.slug, f.make_fiche(region).code],
        "fiche_comite": [plan.slug, f.make_fiche(spe, etat="engagee").code],
        "fiche_aom": [plan.slug, fiche_aom.code],
        "fiche_engagee": [plan.slug, engagee.code],
        "fiche_publique": [adopte.slug, publique.code],
        "fiche_secrete": [plan.slug, secrete.code],
        "etapes_neuf": [*de_fiche, "etapes"],
        "budget_neuf": [*de_fiche, "budget"],
        "indic_neuf": [*de_fiche, "indicateurs"],
        "partn_neuf": [*de_fiche, "partenariats"],
        "demande_neuf": [*de_fiche, "demandes-de-financement"],
        "financ_neuf": [*de_fiche, "financements"],
        "inconnu_neuf": [*de_fiche, "nimporte-quoi"],
        "etape": [*de_fiche, "etapes", f.make_etape(fiche).pk],
        "budget": [*de_fiche, "budget", f.make_budget(fiche).pk],
        "indicateur": [*de_fiche, "indicateurs", f.make_indicateur(fiche).pk],
        "euro_depart": [*de_fiche, "financements", chiffre.pk],
        "euro_absent": [*de_fiche, "financements", f.make_financement(fiche).pk],
        "demande_muette": [*de_fiche, "demandes-de-financement", demande.pk],
        "demande_chiffree": [*de_fiche, "demandes-de-financement", chiffre.pk],
        "role_sollicite": [*de_fiche, "partenariats", sollicite.pk],
        "role_confirme": [*de_fiche, "partenariats", confirme.pk],
        "role_repondre": [*de_fiche, sollicite.pk],
        "j_part_aom": [plan.slug, "contributions", f.make_contribution(aom).pk],
        "j_part_region": [plan.slug, "contributions", versionnee.pk],
        "j_etape": [plan.slug, "etapes", etape.pk],
        "j_axe": [plan.slug, "axes", objectif.axe_id],
        "j_euro_depart": [plan.slug, "financements", euro.pk],
        "j_secrete": [plan.slug, "fiches", secrete.pk],
        "j_publique": [adopte.slug, "fiches", publique.pk],
        "j_detourne": [adopte.slug, "contributions", versionnee.pk],
        "j_inconnu": [plan.slug, "nimporte-quoi", versionnee.pk],
        "r_part_region": [plan.slug, "contributions", versionnee.pk, 1],
        "r_present": [plan.slug, "contributions", versionnee.pk, 2],
        "r_etape": [plan.slug, "etapes", etape.pk, 1],
        "r_axe": [plan.slug, "axes", objectif.axe_id, 1],
        "r_euro_depart": [plan.slug, "financements", euro.pk, 1],
        "r_role": [plan.slug, "partenariats", role.pk, 1],
        "brouillon": [f.make_brouillon(personnes["region"], versionnee).pk],
        "proposition": [plan.slug, proposition.pk],
        "prop_detournee": [adopte.slug, proposition.pk],
        "jeton_faux": ["abc", "def"],
        "commune": [f.make_commune().pk],
        "acteur_aom": [aom.acteur_id],
        "acteur_region": [region.acteur_id],
        "etab_region": [region.acteur_id, f.make_etablissement(region.acteur).pk],
        "etab_detourne": [region.acteur_id, f.make_etablissement(aom.acteur).pk],
        "habil_region": [region.acteur_id, habilitation("lectrice")],
        "habil_detourne": [region.acteur_id, habilitation("aom")],
        "recherche": [
            personnes["region"].recherches.create(nom="Mes garages", filtres="q=garage").pk
        ],
        "doublons_aom": [dispo_aom.pk, f.make_dispositif(aom.acteur).pk],
        "doublon_partage": [dispo_aom.pk, dispo_invit.pk],
        "distinctes": [distinct.pk, dispo_invit.pk],
        "meme_fiche": [dispo_aom.pk, dispo_aom.pk],
        "fusion_aom": [fusion.pk],
        "fusion_partagee": [f.make_fusion(dispo_aom, f.make_dispositif(invitee.acteur)).pk],
        "fusionne": [fusion.absorbee_id],
        "import_region": [f.make_importation(region.acteur).pk],
        "ecart": [ecart.dispositif_id, ecart.pk],
        "ecart_detourne": [ecart.dispositif_id, f.make_ecart(f.make_dispositif()).pk],
        "xlsx": ["xlsx"],
        "csv": ["csv"],
        "pdf": ["pdf"],
        "dispo_publie": [f.make_dispositif(aom.acteur).pk],
        "dispo_signale": [signale.pk],
        "dispo_invit": [f.make_dispositif(invitee.acteur).pk],
        **objets_du_suivi(bassin, association, aom, personnes["spe"]),
    }


@pytest.fixture
def navigateurs(personnes):
    """Un client déjà connecté par personne."""
    clients = {"anon": Client()}
    for qui in TABLEAU.split("\n")[1].split()[3:]:
        clients[qui] = Client()
        clients[qui].force_login(personnes[PERSONNES.get(qui, qui)])
    return clients


@pytest.mark.lent
def test_chaque_page_repond_a_chacun_selon_sa_place(objets, navigateurs):
    ecarts = []
    for adresse, objet, attendus in lignes("get"):
        url = reverse(adresse, args=objets[objet])
        with connection.execute_wrapper(lecture_seule):
            obtenus = {qui: statut(navigateurs[qui].get(url)) for qui in attendus}
        ecarts += [
            f"{adresse} {objet} {qui} : {code} attendu, {obtenus[qui]} obtenu"
            for qui, code in attendus.items()
            if obtenus[qui] != code
        ]
    assert not ecarts, "\n".join(ecarts)


@pytest.mark.parametrize(("adresse", "objet", "attendus"), list(lignes("post")))
def test_chaque_acte_repond_a_chacun_selon_sa_place(objets, navigateurs, adresse, objet, attendus):
    url = reverse(adresse, args=objets[objet])
    obtenus = {}
    for qui in attendus:
        avant = transaction.savepoint()
        obtenus[qui] = navigateurs[qui].post(url).status_code
        transaction.savepoint_rollback(avant)
    assert obtenus == attendus
    assert navigateurs["region"].get(url).status_code == 405


def test_toutes_les_pages_sont_dans_le_tableau():
    declarees = set()
    for motif in get_resolver().url_patterns:
        espace = getattr(motif, "namespace", None)
        if espace == "admin":
            continue
        enfants = getattr(motif, "url_patterns", [motif])
        declarees |= {f"{espace}:{e.name}" if espace else e.name for e in enfants}
    assert declarees == pages_du_tableau()
