"""Where Piccolo finds the engine and the tables."""

from piccolo.conf.apps import AppRegistry

from app.database import engine_from
from app.settings import get_settings

DB = engine_from(get_settings())
APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
