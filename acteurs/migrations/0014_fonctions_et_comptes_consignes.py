import uuid

from django.db import migrations, models


def distinguer(apps, schema_editor):
    """Chaque ligne existante reçoit un identifiant à elle, avant qu'il doive être unique."""
    for nom in ("Fonction", "Utilisateur"):
        lignes = apps.get_model("acteurs", nom)._base_manager
        for cle in lignes.values_list("pk", flat=True):
            lignes.filter(pk=cle).update(identifiant=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("acteurs", "0013_liens_du_recapitulatif"),
    ]

    operations = [
        migrations.AddField(
            model_name="fonction",
            name="identifiant",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="fonction",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="utilisateur",
            name="identifiant",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="utilisateur",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.RunPython(distinguer, migrations.RunPython.noop),
    ]
