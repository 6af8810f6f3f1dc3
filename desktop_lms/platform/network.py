"""What the system says of the network, as a hint to try again: it may be wrong, so nothing is held back by it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation


class Network(QObject):
    """Tells when there is another network than before, and whether it costs by the byte."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = QNetworkInformation.instance() if QNetworkInformation.loadDefaultBackend() else None
        if self._source is not None:
            self._source.reachabilityChanged.connect(self.changed)
            self._source.transportMediumChanged.connect(self.changed)
            self._source.isMeteredChanged.connect(self.changed)

    @property
    def up(self) -> bool:
        """Whether the system says that there is a network; False also when it says nothing."""
        there = (QNetworkInformation.Reachability.Site, QNetworkInformation.Reachability.Online)
        return self._source is not None and self._source.reachability() in there

    @property
    def metered(self) -> bool:
        """Whether the system calls this network metered."""
        return self._source is not None and self._source.isMetered()
