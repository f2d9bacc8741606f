"""The library as a LangChain retriever, for people who bring their own chain."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class NewsRetriever(BaseRetriever):
    """Passages as Documents; metadata holds where each stands and who published it when."""

    chat: Any
    limit: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [
            Document(
                page_content=passage.text,
                id=f"{passage.article.id}:{passage.start}-{passage.end}",
                metadata={
                    "article_id": passage.article.id,
                    "revision": passage.article.revision,
                    "start": passage.start,
                    "end": passage.end,
                    "title": passage.article.title,
                    "source": passage.article.source,
                    "published": passage.article.day,
                    "url": passage.article.url,
                    "score": passage.score,
                },
            )
            for passage in self.chat.search(query, limit=self.limit)
        ]
