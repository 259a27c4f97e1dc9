"""Projects that tell what a component is: web frameworks, and what AI is made with."""

from __future__ import annotations

WEB = {
    "django": 5, "flask": 4, "fastapi": 4, "pyramid": 4, "tornado": 3, "aiohttp": 2, "sanic": 4,
    "litestar": 4, "starlette": 3, "falcon": 4, "bottle": 3, "cherrypy": 3, "quart": 4,
    "wagtail": 3, "odoo": 4, "plone": 4, "zope": 3, "nameko": 3, "robyn": 3, "masonite": 4,
    "djangorestframework": 3, "django-ninja": 3, "flask-login": 2, "django-allauth": 2,
    "gunicorn": 1, "uwsgi": 1, "uvicorn": 1, "hypercorn": 1, "waitress": 1, "daphne": 1,
    "celery": 1, "sqlalchemy": 1, "psycopg": 1, "psycopg2": 1, "psycopg2-binary": 1,
}  # fmt: skip
"""Web frameworks and what stands beside them, with how much each tells."""

AI = frozenset(
    (
        "torch", "torchvision", "torchaudio", "pytorch-lightning", "lightning", "tensorflow",
        "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "keras", "jax", "jaxlib", "flax",
        "paddlepaddle", "mxnet", "onnx", "onnxruntime", "onnxruntime-gpu", "openvino", "tflite",
        "transformers", "tokenizers", "sentence-transformers", "diffusers", "accelerate", "peft",
        "datasets", "huggingface-hub", "safetensors", "timm", "bitsandbytes", "deepspeed", "trl",
        "vllm", "llama-cpp-python", "ctransformers", "ollama", "auto-gptq", "optimum", "gptcache",
        "langchain", "langchain-core", "langchain-community", "langchain-openai", "langgraph",
        "langsmith", "llama-index", "llama-index-core", "haystack-ai", "semantic-kernel", "dspy",
        "dspy-ai", "autogen", "pyautogen", "crewai", "guidance", "instructor", "litellm", "mcp",
        "openai", "anthropic", "cohere", "mistralai", "groq", "google-generativeai",
        "google-genai", "google-cloud-aiplatform", "together", "replicate", "openai-whisper",
        "scikit-learn", "xgboost", "lightgbm", "catboost", "spacy", "gensim", "nltk", "fasttext",
        "faiss-cpu", "faiss-gpu", "chromadb", "pinecone", "pinecone-client", "qdrant-client",
        "weaviate-client", "pymilvus", "sentencepiece", "tiktoken", "implicit", "lightfm",
        "surprise", "scikit-surprise", "ultralytics", "opencv-python", "opencv-python-headless",
        "mlflow", "ray", "bentoml", "tritonclient", "mediapipe", "stable-baselines3", "pydantic-ai",
    )
)  # fmt: skip
"""Projects that models are trained, run or called with."""
