import pytest
from django.core.exceptions import ValidationError

from acteurs.validators import valider_siren, valider_siret


@pytest.mark.parametrize("siren", ["200053742", "356000000"])
def test_un_siren_exact_est_accepte(siren):
    valider_siren(siren)


@pytest.mark.parametrize(
    "siren", ["200053743", "200 053 742", "２０００５３７４２", "20005374", ""]
)
def test_un_siren_faux_ou_mal_ecrit_est_refuse(siren):
    with pytest.raises(ValidationError, match="n’est pas un SIREN"):
        valider_siren(siren)


@pytest.mark.parametrize("siret", ["35600000049837", "35600000000048"])
def test_un_siret_exact_est_accepte_celui_de_la_poste_aussi(siret):
    valider_siret(siret)


@pytest.mark.parametrize("siret", ["35600000049839", "３５６00000049837", "3560000004983"])
def test_un_siret_faux_ou_mal_ecrit_est_refuse(siret):
    with pytest.raises(ValidationError, match="n’est pas un SIRET"):
        valider_siret(siret)
