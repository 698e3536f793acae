"""Sessions belong to pages. A static file neither reads one nor sets its cookie.

Without this a script or a style that comes late would bring back the session of an earlier page:
a visit to the booth that had just begun would be lost, and who had signed out would be back.
"""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for everything but static files."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a page; an empty one, which is never kept, for a static file."""
        if is_static(app, request):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep a page's session in its cookie."""
        if not is_static(app, request):
            super().save_session(app, session, response)


def is_static(app: Flask, request: Request) -> bool:
    """Whether a static file is asked for; known before the address is matched with a view."""
    return request.path.startswith(f"{app.static_url_path}/")
