"""Réglages du portail : un seul fichier, piloté par l'environnement (ou par `.env`)."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

# Où vivent la base embarquée, les fichiers produits et la clé locale.
DONNEES_DIR = Path(env("DONNEES_DIR", default=str(BASE_DIR / "var"))).resolve()
DONNEES_DIR.mkdir(parents=True, exist_ok=True)

SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
# Une adresse publique en https fait la production : cookies sûrs, clé et hôtes exigés, aucune démo.
PRODUCTION = SITE_URL.startswith("https://")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured("DEMO et DEBUG sont interdits quand SITE_URL est en https.")


def cle_locale():
    """La clé secrète d'une installation locale, tirée au sort une fois puis gardée."""
    fichier = DONNEES_DIR / "cle_secrete"
    if not fichier.exists():
        fichier.touch(mode=0o600)
        fichier.write_text(get_random_secret_key())
    return fichier.read_text()


SECRET_KEY = env("SECRET_KEY", default="") or ("" if PRODUCTION else cle_locale())
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY est obligatoire quand SITE_URL est en https.")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)

INSTALLED_APPS = [
    "pams_portal.apps.PortailConfig",
    "bassins",
    "acteurs",
    "dispositifs",
    "plans",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "pams_portal.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "pams_portal.apps.StatiquesConfig",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pams_portal.entetes.EntetesDeSecurite",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Tout est fermé par défaut : une page publique se déclare @login_not_required.
    "pams_portal.saisie.ConnexionExigee",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pams_portal.octet_nul.OctetNulRefuse",
]
ROOT_URLCONF = "pams_portal.urls"
WSGI_APPLICATION = "pams_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["pams_portal.gabarits.DuDossier", "pams_portal.gabarits.DesApplications"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pams_portal.context.portail",
            ],
            "builtins": ["pams_portal.templatetags.portail"],
        },
    }
]

# SQLite embarquée par défaut ; PostgreSQL dès que DATABASE_URL le dit.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DONNEES_DIR / 'pams.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # Sans IMMEDIATE, le WAL seul laisse échouer un écrivain sur deux (« database is locked »).
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
            "PRAGMA journal_size_limit=27103364;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "acteurs.Utilisateur"
AUTHENTICATION_BACKENDS = ["acteurs.connexion.ConnexionParCourriel"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{nom}"}
    for nom in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}
LOGIN_URL = "connexion"
LOGIN_REDIRECT_URL = "plans:ma_part"
LOGOUT_REDIRECT_URL = "accueil"
CSRF_FAILURE_VIEW = "pams_portal.saisie.jeton_perime"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = DONNEES_DIR / "statiques"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DONNEES_DIR / "fichiers"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Chaque processus garde ce qu'il a déjà compté de l'inventaire ; toute écriture le rend caduc.
MEMOIRE = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": MEMOIRE, "LOCATION": "commun"},
    "inventaire": {
        "BACKEND": MEMOIRE,
        "LOCATION": "inventaire",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30  # un serveur d'envoi muet ne retient pas l'ouvrier
DEFAULT_FROM_EMAIL = env("COURRIEL_EXPEDITEUR", default="portail-pams@example.org")

# Un opérateur change le nom et la couleur d'accent sans toucher au code.
PORTAIL_NOM = env("PORTAIL_NOM", default="Portail PAMS")
PORTAIL_ACCENT = env("PORTAIL_ACCENT", default="")
# Le nom sous lequel data·inclusion connaît ce portail : il ouvre l'identifiant de chaque ligne.
DATA_INCLUSION_SOURCE = env("DATA_INCLUSION_SOURCE", default="portail-pams")

SECURE_CSP = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# 5 Mo de HTML collé doivent arriver jusqu'au formulaire, qui répond par une phrase claire.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"sortie": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {"handlers": ["sortie"], "level": "INFO"},
}
