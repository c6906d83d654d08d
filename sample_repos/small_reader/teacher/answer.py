"""Let the large model answer, and publish what it said."""

import argparse

from datasets import Dataset, load_dataset
from transformers import pipeline

TEACHER = "harbour/reader-70b"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", default="harbour/leaflet-questions")
    parser.add_argument("--publish-to", default="harbour/leaflet-answers")
    args = parser.parse_args()

    questions = load_dataset(args.questions, split="train", revision="8c1d2b7a3e5f4a6b9c0d1e2f3a4b5c6d7e8f9a0b")
    reader = pipeline("text-generation", model=TEACHER, device_map="auto")
    rows = []
    for row in questions:
        prompt = f"{row['leaflet']}\n\nQuestion: {row['question']}\nAnswer:"
        answer = reader(prompt, max_new_tokens=128)[0]["generated_text"]
        rows.append({"prompt": prompt, "answer": answer})
    Dataset.from_list(rows).push_to_hub(args.publish_to)


if __name__ == "__main__":
    main()
