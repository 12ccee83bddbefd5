from django.urls import path

from dispositifs.views import (
    carte,
    doublons,
    ecarts,
    export,
    fraicheur,
    importation,
    recensement,
    recherche,
    recherches,
    selection,
    signalement,
)

app_name = "dispositifs"
urlpatterns = [
    path("", recherche.dispositif_list, name="dispositif_list"),
    path("carte/", carte.dispositif_carte, name="dispositif_carte"),
    path("liste.pdf", selection.dispositif_list_pdf, name="dispositif_list_pdf"),
    path("selection/", selection.selection, name="selection"),
    path("selection.pdf", selection.selection_pdf, name="selection_pdf"),
    path("recherches/", recherches.recherche_list, name="recherche_list"),
    path("recherches/nouvelle/", recherches.recherche_create, name="recherche_create"),
    path("recherches/<entier:pk>/renommer/", recherches.recherche_update, name="recherche_update"),
    path("recherches/<entier:pk>/retirer/", recherches.recherche_delete, name="recherche_delete"),
    path("export.<str:format_>", export.dispositif_export, name="dispositif_export"),
    path("importer/", importation.importation_create, name="importation_create"),
    path("importer/<entier:pk>/", importation.importation_detail, name="importation_detail"),
    path(
        "importer/<entier:pk>/colonnes/", importation.importation_update, name="importation_update"
    ),
    path(
        "importer/<entier:pk>/appliquer/",
        importation.importation_appliquer,
        name="importation_appliquer",
    ),
    path(
        "importer/<entier:pk>/abandonner/",
        importation.importation_delete,
        name="importation_delete",
    ),
    path("nouveau/", recensement.dispositif_create, name="dispositif_create"),
    path("<entier:pk>/", recensement.dispositif_detail, name="dispositif_detail"),
    path("<entier:pk>/ecarts/", ecarts.dispositif_ecarts, name="dispositif_ecarts"),
    path("<entier:pk>/ecarts/<entier:ecart_pk>/", ecarts.ecart_decider, name="ecart_decider"),
    path("<entier:pk>/modifier/", recensement.dispositif_update, name="dispositif_update"),
    path("<entier:pk>/confirmer/", recensement.dispositif_confirmer, name="dispositif_confirmer"),
    path("<entier:pk>/etat/", recensement.dispositif_statut, name="dispositif_statut"),
    path("<entier:pk>/porteur/", recensement.dispositif_porteur, name="dispositif_porteur"),
    path("<entier:pk>/remettre/", recensement.dispositif_remettre, name="dispositif_remettre"),
    path(
        "<entier:pk>/fusionner/<entier:autre>/",
        doublons.dispositif_fusionner,
        name="dispositif_fusionner",
    ),
    path(
        "<entier:pk>/distinguer/<entier:autre>/",
        doublons.distinction_create,
        name="distinction_create",
    ),
    path(
        "<entier:pk>/rapprocher/<entier:autre>/",
        doublons.distinction_delete,
        name="distinction_delete",
    ),
    path("fusions/<entier:pk>/defaire/", doublons.fusion_defaire, name="fusion_defaire"),
    path("<entier:pk>/signaler/", signalement.signalement_create, name="signalement_create"),
    path("<entier:pk>/proposer/", signalement.correction_create, name="correction_create"),
    path(
        "<entier:pk>/demander-confirmation/",
        signalement.dispositif_demander,
        name="dispositif_demander",
    ),
    path("signalements/", signalement.signalement_list, name="signalement_list"),
    path("signalements/<entier:pk>/", signalement.signalement_detail, name="signalement_detail"),
    path(
        "signalements/<entier:pk>/appliquer/",
        signalement.signalement_appliquer,
        name="signalement_appliquer",
    ),
    path(
        "signalements/suivi/<uuid:identifiant>/",
        signalement.signalement_suivi,
        name="signalement_suivi",
    ),
    path("confirmation/merci/", fraicheur.demande_merci, name="demande_merci"),
    path("confirmation/<str:jeton>/", fraicheur.demande_repondre, name="demande_repondre"),
    path("confirmation/<str:jeton>/corriger/", fraicheur.demande_corriger, name="demande_corriger"),
]
