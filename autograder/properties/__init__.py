"""Pure judgements, one file a family of properties; each file is found here by itself.

A property reads one family of cases and judges what the learner's function did beside what the reference did.
"""

from autograder.properties.agreement import Part, Yardstick
from autograder.properties.registry import Check, Property, load_properties, property_check

__all__ = ["Check", "Part", "Property", "Yardstick", "load_properties", "property_check"]
