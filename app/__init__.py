"""The Evenementenportaal of Vakmanschap Techniek."""

import os

os.environ.setdefault("PICCOLO_CONF", "app.piccolo_conf")
