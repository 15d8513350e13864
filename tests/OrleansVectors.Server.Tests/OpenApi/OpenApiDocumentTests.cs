using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.OpenApi;

public sealed class OpenApiDocumentTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task The_document_has_exactly_the_operations_that_the_server_has()
    {
        HashSet<string> documented = [.. (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))];
        HashSet<string> mapped = [.. MappedOperations()];
        Assert.Empty(documented.Except(mapped));

        // What is mapped only to say that this version lacks it has no place in the document, and must say so.
        await server.Http.CallAsync("PUT", "/collections/documented", """{"vectors":{"size":4,"distance":"Dot"}}""");
        foreach (string operation in mapped.Except(documented))
        {
            string[] parts = operation.Split(' ');
            string path = parts[1].Replace("{collection_name}", "documented", StringComparison.Ordinal);
            string error = await server.Http.ErrorAsync(400, parts[0], path, "{}");
            Assert.True(error.Contains("not supported by this version", StringComparison.Ordinal), $"{operation}: {error}");
        }
    }

    [Fact]
    public async Task Every_reference_in_the_document_leads_somewhere()
    {
        JsonElement document = await DocumentAsync();
        foreach (string reference in References(document))
        {
            JsonElement target = document;
            foreach (string part in reference.Split('/')[1..])
                Assert.True(target.TryGetProperty(part, out target), reference);
        }
    }

    [Fact]
    public async Task The_page_is_served_and_loads_nothing_from_elsewhere()
    {
        string page = await server.Http.GetStringAsync("/docs");
        Assert.Contains("openapi.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using JsonDocument document = JsonDocument.Parse(await server.Http.GetStringAsync("/openapi.json"));
        return document.RootElement.Clone();
    }

    private static IEnumerable<string> MappedOperations()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddOrleansVectorsApi(new ApiOptions());
        WebApplication app = builder.Build();
        app.MapOrleansVectorsApi();
        return ((IEndpointRouteBuilder)app).DataSources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
