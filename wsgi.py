"""Entry point for WSGI servers."""

import os

from voting.app import create_app
from voting.config import load_settings

app = create_app(load_settings(os.environ))
