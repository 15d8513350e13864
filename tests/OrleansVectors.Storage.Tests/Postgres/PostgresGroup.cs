namespace OrleansVectors.Storage.Tests.Postgres;

/// <summary>The tests that share the server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresGroup : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
