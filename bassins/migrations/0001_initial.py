import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Bassin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nom", models.CharField(max_length=120, verbose_name="nom")),
                (
                    "slug",
                    models.SlugField(
                        max_length=120, unique=True, verbose_name="identifiant dans l’adresse"
                    ),
                ),
            ],
            options={
                "verbose_name": "bassin de mobilité",
                "verbose_name_plural": "bassins de mobilité",
                "ordering": ["nom"],
            },
        ),
        migrations.CreateModel(
            name="Departement",
            fields=[
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("millesime", models.PositiveSmallIntegerField(verbose_name="millésime")),
                (
                    "code",
                    models.CharField(
                        max_length=3, primary_key=True, serialize=False, verbose_name="code INSEE"
                    ),
                ),
                ("nom", models.CharField(max_length=100, verbose_name="nom")),
                ("chef_lieu", models.CharField(max_length=5, verbose_name="commune chef-lieu")),
            ],
            options={
                "verbose_name": "département",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("millesime", models.PositiveSmallIntegerField(verbose_name="millésime")),
                (
                    "code",
                    models.CharField(
                        max_length=2, primary_key=True, serialize=False, verbose_name="code INSEE"
                    ),
                ),
                ("nom", models.CharField(max_length=100, verbose_name="nom")),
                ("chef_lieu", models.CharField(max_length=5, verbose_name="commune chef-lieu")),
            ],
            options={
                "verbose_name": "région",
                "ordering": ["nom"],
            },
        ),
        migrations.CreateModel(
            name="Epci",
            fields=[
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("millesime", models.PositiveSmallIntegerField(verbose_name="millésime")),
                (
                    "siren",
                    models.CharField(
                        max_length=9, primary_key=True, serialize=False, verbose_name="SIREN"
                    ),
                ),
                ("nom", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("CC", "Communauté de communes"),
                            ("CA", "Communauté d’agglomération"),
                            ("CU", "Communauté urbaine"),
                            ("METRO", "Métropole"),
                            ("MET69", "Métropole de Lyon"),
                        ],
                        max_length=5,
                        verbose_name="nature juridique",
                    ),
                ),
                (
                    "financement",
                    models.CharField(
                        choices=[
                            ("FPU", "Fiscalité professionnelle unique"),
                            ("FA", "Fiscalité additionnelle"),
                        ],
                        max_length=3,
                        verbose_name="mode de financement",
                    ),
                ),
                ("nb_communes", models.PositiveIntegerField(verbose_name="nombre de communes")),
                (
                    "population_municipale",
                    models.PositiveIntegerField(verbose_name="population municipale"),
                ),
                (
                    "population_totale",
                    models.PositiveIntegerField(verbose_name="population totale"),
                ),
                (
                    "departements",
                    models.ManyToManyField(
                        related_name="epci", to="bassins.departement", verbose_name="départements"
                    ),
                ),
            ],
            options={
                "verbose_name": "EPCI",
                "verbose_name_plural": "EPCI",
                "ordering": ["nom", "siren"],
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("millesime", models.PositiveSmallIntegerField(verbose_name="millésime")),
                (
                    "code",
                    models.CharField(
                        max_length=5, primary_key=True, serialize=False, verbose_name="code INSEE"
                    ),
                ),
                ("nom", models.CharField(max_length=100, verbose_name="nom")),
                ("nom_normalise", models.CharField(db_index=True, editable=False, max_length=100)),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                (
                    "population",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="population"),
                ),
                (
                    "codes_postaux",
                    models.CharField(blank=True, max_length=200, verbose_name="codes postaux"),
                ),
                (
                    "departement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="bassins.departement",
                        verbose_name="département",
                    ),
                ),
                (
                    "epci",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="bassins.epci",
                        verbose_name="EPCI",
                    ),
                ),
            ],
            options={
                "verbose_name": "commune",
                "ordering": ["nom_normalise", "code"],
            },
        ),
        migrations.AddField(
            model_name="departement",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="departements",
                to="bassins.region",
                verbose_name="région",
            ),
        ),
        migrations.CreateModel(
            name="Perimetre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("depuis", models.DateField(verbose_name="en vigueur depuis le")),
                (
                    "jusqu_au",
                    models.DateField(blank=True, null=True, verbose_name="jusqu’au (inclus)"),
                ),
                (
                    "deliberation_reference",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="référence de la délibération"
                    ),
                ),
                (
                    "deliberation_date",
                    models.DateField(blank=True, null=True, verbose_name="date de la délibération"),
                ),
                (
                    "deliberation_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="adresse de la délibération"
                    ),
                ),
                (
                    "etat_nom",
                    models.CharField(
                        choices=[
                            ("verifie", "Nom vérifié"),
                            ("deduit", "Nom déduit, à confirmer"),
                            ("a_verifier", "Nom à vérifier"),
                        ],
                        default="a_verifier",
                        max_length=10,
                        verbose_name="état du nom",
                    ),
                ),
                ("source_nom", models.TextField(blank=True, verbose_name="source du nom")),
                (
                    "etat_composition",
                    models.CharField(
                        choices=[
                            ("verifie", "Composition vérifiée"),
                            ("deduit", "Composition déduite, à confirmer"),
                            ("a_verifier", "Composition à vérifier"),
                        ],
                        default="a_verifier",
                        max_length=10,
                        verbose_name="état de la composition",
                    ),
                ),
                (
                    "source_composition",
                    models.TextField(blank=True, verbose_name="source de la composition"),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="adresse de la source"
                    ),
                ),
                (
                    "bassin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="perimetres",
                        to="bassins.bassin",
                    ),
                ),
                (
                    "communes",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Une commune isolée, qui n’appartient à aucun EPCI (île d’Yeu, Ouessant…).",
                        limit_choices_to={"epci__isnull": True},
                        related_name="perimetres",
                        to="bassins.commune",
                        verbose_name="communes hors EPCI",
                    ),
                ),
                (
                    "epci",
                    models.ManyToManyField(
                        blank=True,
                        related_name="perimetres",
                        to="bassins.epci",
                        verbose_name="EPCI",
                    ),
                ),
            ],
            options={
                "verbose_name": "périmètre",
                "ordering": ["bassin", "-depuis"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("jusqu_au__isnull", True),
                            ("depuis__lt", models.F("jusqu_au")),
                            _connector="OR",
                        ),
                        name="perimetre_depuis_avant_jusqu_au",
                        violation_error_message="La date de fin doit suivre la date de début.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("jusqu_au__isnull", True)),
                        fields=("bassin",),
                        name="un_seul_perimetre_sans_fin",
                        violation_error_message="Ce bassin a déjà un périmètre sans date de fin.",
                    ),
                ],
            },
        ),
    ]
