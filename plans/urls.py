"""Les adresses des plans, dans l'ordre de la procédure."""

from django.urls import path

from plans.views import (
    comite,
    concertation,
    conformite,
    document,
    ecriture,
    lignes,
    observations,
    parties,
    parts,
    pieces,
    plan,
    points,
    propositions,
    redaction,
    releve,
    reprise,
    validation,
    versions,
)

app_name = "plans"
PLAN = "plans/<slug:slug>/"
FICHE = f"{PLAN}fiches/<str:code>/"
LIGNE = f"{FICHE}<slug:sorte>/"
PART = f"{PLAN}parts/<slug:sorte>/<entier:pk>/"
PROPOSITION = f"{PLAN}propositions/<entier:pk>/"
SEANCE = f"{PLAN}seances/<entier:pk>/"
POINT = f"{PLAN}seances/<entier:seance_pk>/points/<entier:pk>/"
SUITE = f"{PLAN}suites/<entier:pk>/"
CONSULTE = f"{PLAN}consultes/<entier:pk>/"
OBSERVATION = f"{PLAN}observations/<entier:numero>/"

urlpatterns = [
    path("ma-part/", plan.ma_part, name="ma_part"),
    path("plans/", plan.plan_list, name="plan_list"),
    path("plans/nouveau/", plan.plan_create, name="plan_create"),
    path(PLAN, plan.plan_detail, name="plan_detail"),
    path(f"{PLAN}modifier/", plan.plan_update, name="plan_update"),
    path(f"{PLAN}journal/", plan.plan_journal, name="plan_journal"),
    path(f"{PLAN}journal/<entier:pk>/", plan.acte_detail, name="acte_detail"),
    path(f"{PLAN}marquer-lu/", plan.plan_marquer_lu, name="plan_marquer_lu"),
    path(f"{PLAN}conformite/", conformite.plan_conformite, name="plan_conformite"),
    path(f"{PLAN}plan.pdf", document.plan_pdf, name="plan_pdf"),
    path(f"{PLAN}plan.pdf/demander/", document.plan_pdf_demander, name="plan_pdf_demander"),
    # La conduite : étapes, visas, versions figées
    path(f"{PLAN}etapes/", versions.plan_etapes, name="plan_etapes"),
    path(f"{PLAN}etapes/passer/", versions.plan_passer, name="plan_passer"),
    path(f"{PLAN}parties/<entier:pk>/viser/", versions.visa_create, name="visa_create"),
    path(f"{PLAN}visas/<entier:pk>/retirer/", versions.visa_delete, name="visa_delete"),
    path(f"{PLAN}levees/<slug:regle>/", versions.levee_update, name="levee_update"),
    path(f"{PLAN}levees/<slug:regle>/retirer/", versions.levee_delete, name="levee_delete"),
    path(f"{PLAN}versions/comparer/", versions.version_comparer, name="version_comparer"),
    path(f"{PLAN}versions/<entier:numero>/", versions.version_detail, name="version_detail"),
    path(f"{PLAN}versions/<entier:numero>/plan.json", versions.version_json, name="version_json"),
    # Les parties prenantes
    path(f"{PLAN}parties/", parties.partie_list, name="partie_list"),
    path(f"{PLAN}qui-doit-quoi/", parties.qui_doit_quoi, name="qui_doit_quoi"),
    path(f"{PLAN}parties/<entier:pk>/parts/", parties.partie_parts, name="partie_parts"),
    path(f"{PLAN}parties/<entier:pk>/relancer/", parties.partie_relancer, name="partie_relancer"),
    path(f"{PLAN}parties/nouvelle/", parties.partie_create, name="partie_create"),
    path(f"{PLAN}parties/<entier:pk>/modifier/", parties.partie_update, name="partie_update"),
    path(f"{PLAN}parties/<entier:pk>/retirer/", parties.partie_delete, name="partie_delete"),
    path(f"{PLAN}parties/<entier:pk>/repondre/", parties.partie_repondre, name="partie_repondre"),
    # La rédaction
    path(
        f"{PLAN}chapitres/<slug:cle>/contribuer/",
        redaction.contribution_create,
        name="contribution_create",
    ),
    path(
        f"{PLAN}contributions/<entier:pk>/modifier/",
        redaction.contribution_update,
        name="contribution_update",
    ),
    path(
        f"{PLAN}contributions/<entier:pk>/supprimer/",
        redaction.contribution_delete,
        name="contribution_delete",
    ),
    path(
        f"{PLAN}contributions/<entier:pk>/attribuer/",
        redaction.contribution_attribuer,
        name="contribution_attribuer",
    ),
    path(
        f"{PLAN}contributions/<entier:pk>/deplacer/",
        redaction.contribution_deplacer,
        name="contribution_deplacer",
    ),
    path(f"{PLAN}axes/nouveau/", redaction.axe_create, name="axe_create"),
    path(f"{PLAN}axes/<entier:pk>/modifier/", redaction.axe_update, name="axe_update"),
    path(
        f"{PLAN}axes/<entier:axe_pk>/objectifs/nouveau/",
        redaction.objectif_create,
        name="objectif_create",
    ),
    path(
        f"{PLAN}objectifs/<entier:pk>/modifier/", redaction.objectif_update, name="objectif_update"
    ),
    path(f"{PLAN}fiches/nouvelle/", redaction.fiche_action_create, name="fiche_action_create"),
    path(FICHE, redaction.fiche_action_detail, name="fiche_action_detail"),
    path(f"{FICHE}modifier/", redaction.fiche_action_update, name="fiche_action_update"),
    path(f"{FICHE}retirer/", redaction.fiche_action_delete, name="fiche_action_delete"),
    path(f"{FICHE}attribuer/", redaction.fiche_action_attribuer, name="fiche_action_attribuer"),
    path(f"{FICHE}deplacer/", redaction.fiche_action_deplacer, name="fiche_action_deplacer"),
    path(f"{FICHE}copier/", reprise.fiche_action_copier, name="fiche_action_copier"),
    # Chaque part : son journal, ses états, ce qui s'y écrit, ce que d'autres y proposent
    path(f"{PART}journal/", parts.part_journal, name="part_journal"),
    path(f"{PART}retablir/<entier:version>/", parts.part_retablir, name="part_retablir"),
    path(f"{PART}brouillon/", ecriture.part_brouillon, name="part_brouillon"),
    path(f"{PART}presence/", ecriture.part_presence, name="part_presence"),
    path(f"{PLAN}presences/", ecriture.presence_list, name="presence_list"),
    path(f"{PART}proposer/", propositions.proposition_create, name="proposition_create"),
    path(f"{PLAN}propositions/", propositions.proposition_list, name="proposition_list"),
    path(PROPOSITION, propositions.proposition_detail, name="proposition_detail"),
    path(f"{PROPOSITION}accepter/", propositions.proposition_accepter, name="proposition_accepter"),
    path(f"{PROPOSITION}refuser/", propositions.proposition_refuser, name="proposition_refuser"),
    path(
        f"{PROPOSITION}reprendre/", propositions.proposition_reprendre, name="proposition_reprendre"
    ),
    path(f"{FICHE}proposer/", validation.fiche_action_proposer, name="fiche_action_proposer"),
    path(f"{FICHE}avis/", validation.avis_update, name="avis_update"),
    # Les lignes d'une fiche : étapes, budget, financements, partenariats, indicateurs
    path(
        f"{FICHE}indicateurs/<entier:pk>/valeurs/nouvelle/",
        lignes.valeur_create,
        name="valeur_create",
    ),
    path(f"{LIGNE}nouvelle/", lignes.ligne_create, name="ligne_create"),
    path(f"{LIGNE}<entier:pk>/modifier/", lignes.ligne_update, name="ligne_update"),
    path(f"{LIGNE}<entier:pk>/supprimer/", lignes.ligne_delete, name="ligne_delete"),
    path(f"{LIGNE}<entier:pk>/piece/", pieces.piece_detail, name="piece_detail"),
    path(
        f"{FICHE}partenariats/<entier:pk>/repondre/",
        lignes.partenariat_repondre,
        name="partenariat_repondre",
    ),
    # La concertation : qui est consulté, son avis, la suite donnée
    path(f"{PLAN}concertation/", concertation.plan_concertation, name="plan_concertation"),
    path(
        f"{PLAN}concertation/ouvrir/",
        concertation.concertation_create,
        name="concertation_create",
    ),
    path(
        f"{PLAN}concertation/<entier:pk>/modifier/",
        concertation.concertation_update,
        name="concertation_update",
    ),
    path(
        f"{PLAN}concertation/<entier:pk>/organismes/nouveau/",
        concertation.consulte_create,
        name="consulte_create",
    ),
    path(f"{CONSULTE}retirer/", concertation.consulte_delete, name="consulte_delete"),
    path(f"{CONSULTE}relancer/", concertation.consulte_relancer, name="consulte_relancer"),
    path(f"{CONSULTE}avis/", concertation.avis_sur_plan_update, name="avis_sur_plan_update"),
    path(f"{CONSULTE}avis/saisir/", concertation.avis_sur_plan_saisir, name="avis_sur_plan_saisir"),
    path(f"{CONSULTE}avis/piece/", pieces.avis_piece_detail, name="avis_piece_detail"),
    path(f"{PLAN}avis/<entier:pk>/reponse/", concertation.reponse_update, name="reponse_update"),
    # Les observations
    path(f"{PLAN}observations/", observations.observation_list, name="observation_list"),
    path(f"{PLAN}observations.csv", observations.observation_csv, name="observation_csv"),
    path(f"{PLAN}observations.xlsx", observations.observation_xlsx, name="observation_xlsx"),
    path(
        f"{PLAN}observations/nouvelle/<slug:nature>/<str:cible>/",
        observations.observation_create,
        name="observation_create",
    ),
    path(OBSERVATION, observations.observation_detail, name="observation_detail"),
    path(f"{OBSERVATION}repondre/", observations.observation_repondre, name="observation_repondre"),
    path(f"{OBSERVATION}resoudre/", observations.observation_resoudre, name="observation_resoudre"),
    path(f"{OBSERVATION}rouvrir/", observations.observation_rouvrir, name="observation_rouvrir"),
    path(
        f"{OBSERVATION}messages/<entier:pk>/corriger/",
        observations.message_update,
        name="message_update",
    ),
    path(
        f"{OBSERVATION}messages/<entier:pk>/retirer/",
        observations.message_delete,
        name="message_delete",
    ),
    # Les comités : la séance, son ordre du jour, ses décisions et leurs suites, son relevé
    path(f"{PLAN}seances/", comite.seance_list, name="seance_list"),
    path(f"{PLAN}seances/nouvelle/", comite.seance_create, name="seance_create"),
    path(SEANCE, comite.seance_detail, name="seance_detail"),
    path(f"{SEANCE}modifier/", comite.seance_update, name="seance_update"),
    path(f"{SEANCE}supprimer/", comite.seance_delete, name="seance_delete"),
    path(f"{SEANCE}presences/", comite.seance_presences, name="seance_presences"),
    path(f"{SEANCE}projeter/", comite.seance_projeter, name="seance_projeter"),
    path(f"{SEANCE}inscrire/", points.seance_inscrire, name="seance_inscrire"),
    path(f"{SEANCE}points/nouveau/", points.point_create, name="point_create"),
    path(POINT, points.point_detail, name="point_detail"),
    path(f"{POINT}decider/", points.point_decider, name="point_decider"),
    path(f"{POINT}modifier/", points.point_update, name="point_update"),
    path(f"{POINT}deplacer/", points.point_deplacer, name="point_deplacer"),
    path(f"{POINT}retirer/", points.point_delete, name="point_delete"),
    path(f"{POINT}suites/nouvelle/", points.suite_create, name="suite_create"),
    path(f"{SUITE}modifier/", points.suite_update, name="suite_update"),
    path(f"{SUITE}retirer/", points.suite_delete, name="suite_delete"),
    path(f"{SUITE}marquer/", points.suite_marquer, name="suite_marquer"),
    path(f"{SEANCE}valider/", releve.seance_valider, name="seance_valider"),
    path(f"{SEANCE}rouvrir/", releve.seance_rouvrir, name="seance_rouvrir"),
    path(f"{SEANCE}releve.pdf", releve.seance_pdf, name="seance_pdf"),
    path(f"{SEANCE}releve.docx", releve.seance_docx, name="seance_docx"),
]
