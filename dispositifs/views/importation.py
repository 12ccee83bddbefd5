"""Importer un fichier : le déposer, dire ses colonnes, lire ce qu'il deviendrait, l'écrire."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acteur
from dispositifs.forms.importation import ColonnesForm, DepotForm, PaireForm
from dispositifs.importation.classeurs import apercu
from dispositifs.importation.moteur import Sort
from dispositifs.importation.objets import FichierRefuse
from dispositifs.models import Importation
from pams_portal.droits import Droit, exiger, peut

PAR_PAGE = 50
ANCIENS = 20
FAITS = {
    Sort.CREER: "Créées",
    Sort.CHANGER: "Mises à jour",
    Sort.PROPOSER: "À faire décider",
    Sort.INCHANGEE: "Déjà à jour",
    Sort.IGNOREE: "Ignorées",
    Sort.REFUSEE: "Refusées",
}
FAITE = {Sort.CREER: "Créée", Sort.CHANGER: "Mise à jour"}
TONS = {Sort.CREER: "succes", Sort.CHANGER: "accent", Sort.PROPOSER: "attente"}
TONS |= {Sort.REFUSEE: "danger"}


def acteurs_qui_importent(utilisateur):
    """Les structures au nom desquelles une personne peut importer."""
    acteurs = [place.acteur for place in utilisateur.places_sur(None)]
    return [
        a for a in acteurs if peut(utilisateur, Droit.IMPORTER_DISPOSITIFS, Importation(acteur=a))
    ]


def importation_visible(request, pk):
    importation = get_object_or_404(Importation.objects.visibles_par(request.user), pk=pk)
    exiger(request.user, Droit.IMPORTER_DISPOSITIFS, importation)
    return importation


def importation_create(request):
    acteurs = acteurs_qui_importent(request.user)
    if not acteurs:
        raise PermissionDenied("Importer demande d’être rédacteur de sa structure.")
    permis = Acteur.objects.filter(pk__in=[acteur.pk for acteur in acteurs])
    initial = {"acteur": acteurs[0]}
    donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DepotForm(*donnees, acteurs=permis, initial=initial)
    if request.method == "POST" and form.is_valid():
        return redirect(form.deposer(request.user))
    anciens = Importation.objects.visibles_par(request.user).select_related("utilisateur")
    contexte = {"form": form, "anciens": anciens.filter(acteur__in=permis)[:ANCIENS]}
    return render(request, "dispositifs/importation_create.html", contexte)


def importation_update(request, pk):
    """Les colonnes : reconnues, reprises de la fois précédente, ou dites à la main."""
    importation = importation_visible(request, pk)
    if importation.est_en_travail or importation.est_faite:
        return redirect(importation)
    if importation.est_data_inclusion:
        return completer_la_paire(request, importation)
    feuille = request.GET.get("feuille", importation.feuille)
    try:
        with importation.fichier.open("rb") as fichier:
            lue = apercu(fichier, feuille)
    except (FichierRefuse, OSError, ValueError):
        messages.error(request, "Le fichier n’est plus lisible : déposez-le de nouveau.")
        return redirect("dispositifs:importation_create")
    form = ColonnesForm(request.POST or None, importation=importation, rangs=lue.suite)
    if request.method == "POST" and form.is_valid():
        form.enregistrer(lue.feuille)
        return redirect("dispositifs:importation_detail", pk=pk)
    contexte = {"form": form, "importation": importation, "lue": lue}
    return render(request, "dispositifs/importation_update.html", contexte)


def completer_la_paire(request, importation):
    """Les fichiers data·inclusion : les services, et les structures qui les portent."""
    donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PaireForm(*donnees, importation=importation)
    if request.method == "POST" and form.is_valid():
        form.enregistrer()
        return redirect("dispositifs:importation_detail", pk=importation.pk)
    contexte = {"form": form, "importation": importation}
    return render(request, "dispositifs/importation_paire.html", contexte)


@require_safe
def importation_detail(request, pk):
    """Où en est l'import : il avance, il se relit ligne à ligne, il est fait."""
    importation = importation_visible(request, pk)
    sort = request.GET.get("sort", "")
    lignes = importation.lignes.filter(sort=sort) if sort in Sort else importation.lignes.all()
    page = Paginator(lignes.select_related("dispositif"), PAR_PAGE).get_page(
        request.GET.get("page")
    )
    contexte = {
        "importation": importation,
        "page": page,
        "lignes": [
            (ligne, sort_en_mots(importation, Sort(ligne.sort)), TONS.get(ligne.sort, "neutre"))
            for ligne in page
        ],
        "sort": sort,
        "comptes": comptes_en_mots(importation),
        "total": sum(importation.comptes.values()),
        "refusees": importation.comptes.get("refusee", 0),
        "a_ecrire": sum(importation.comptes.get(s, 0) for s in ("creer", "changer", "proposer")),
    }
    return render(request, "dispositifs/importation_detail.html", contexte)


def sort_en_mots(importation, sort):
    """Ce que devient une ligne : « À créer », puis « Créée »."""
    return FAITE.get(sort, sort.label) if importation.est_faite else sort.label


def comptes_en_mots(importation):
    """[(sort, libellé, nombre)] de ce qui est arrivé, ou arriverait."""
    libelles = FAITS if importation.est_faite else {sort: sort.label for sort in Sort}
    return [
        (sort.value, libelles[sort], importation.comptes[sort])
        for sort in Sort
        if importation.comptes.get(sort)
    ]


@require_POST
def importation_appliquer(request, pk):
    importation = importation_visible(request, pk)
    if importation.est_examinee:
        importation.demander(Importation.Etat.ECRITURE)
    return redirect("dispositifs:importation_detail", pk=pk)


@require_POST
def importation_delete(request, pk):
    importation = importation_visible(request, pk)
    if importation.est_faite or importation.est_en_travail:
        return redirect("dispositifs:importation_detail", pk=pk)
    importation.abandonner()
    messages.success(request, "L’import est abandonné, et son fichier retiré.")
    return redirect("dispositifs:importation_create")
