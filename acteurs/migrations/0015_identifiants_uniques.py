import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acteurs", "0014_fonctions_et_comptes_consignes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="fonction",
            name="identifiant",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="utilisateur",
            name="identifiant",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
