"""What the numbers of an assessment say together: sentences, and criteria with their evidence."""

from creative_spatial.synthesis.field_criteria import field_criteria
from creative_spatial.synthesis.field_sentences import field_sentence, field_sentences

__all__ = ["field_criteria", "field_sentence", "field_sentences"]
