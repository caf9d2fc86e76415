"""YAML in which a key stands once: the usual reader silently takes the last of two."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

import yaml


class _Strict(yaml.SafeLoader):
    """The safe loader, which besides refuses a mapping with one key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} stands twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """The content of a YAML text, as plain data of the caller's own. Raises yaml.YAMLError, also where a key stands
    twice."""
    return deepcopy(_parsed(text))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """A text that was parsed before is not parsed again: that takes ten times as long as a copy."""
    return yaml.load(text, _Strict)
