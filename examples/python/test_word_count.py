"""A handler is a function, and so its test is one, too."""

import unittest

from asya_host import ValidationError
from word_count import count, split


class WordCountTest(unittest.TestCase):
    def test_words_are_counted(self) -> None:
        self.assertEqual(
            count({"text": "To be or not to be"}),
            {"words": 6, "most_common": {"to": 2, "be": 2, "or": 1}},
        )
        self.assertEqual(count({"text": " "}), {"words": 0, "most_common": {}})

    def test_what_is_no_text_is_refused(self) -> None:
        for payload in ({}, {"text": 7}, {"value": "text"}):
            with self.subTest(payload), self.assertRaises(ValidationError):
                count(payload)

    def test_each_line_that_says_something_is_one_message(self) -> None:
        self.assertEqual(split({"text": "a b\n\n  \nc"}), [{"text": "a b"}, {"text": "c"}])


if __name__ == "__main__":
    unittest.main()
