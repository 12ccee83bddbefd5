"""Ce qui existe : les dispositifs de mobilité solidaire."""

from dispositifs.models.dispositif import Dispositif, Zone, tenant

__all__ = ["Dispositif", "Zone", "tenant"]
