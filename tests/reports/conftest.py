from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
