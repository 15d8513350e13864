namespace OrleansVectors.Architecture.Tests;

public sealed class ProjectGraphTests
{
    [Fact]
    public void No_project_has_an_arrow_that_is_not_drawn()
    {
        string[] undrawn =
        [
            .. Repository.Projects.Where(project => project.IsProduct)
                .SelectMany(project => project.References
                    .Where(to => !Picture.Allowed.TryGetValue(project.Name, out string[]? allowed) || !allowed.Contains(to))
                    .Select(to => $"{project.Name} -> {to}")),
        ];

        Assert.Empty(undrawn);
    }

    [Fact]
    public void Every_product_project_is_in_the_picture()
        => Assert.Empty(Repository.Projects.Where(project => project.IsProduct).Select(project => project.Name).Except(Picture.Allowed.Keys));

    [Theory]
    [InlineData("Numerics")]
    [InlineData("Storage")]
    public void The_bottom_of_the_picture_references_no_project_of_ours(string name)
        => Assert.Empty(Repository.Projects.Single(project => project.IsProduct && project.Name == name).References);

    [Fact]
    public void Nothing_of_the_command_line_but_its_doctor_uses_the_engine()
    {
        string[] engine = ["Collections", "Partitions", "Indexes", "Storage", "Numerics"];
        string[] users =
        [
            .. Repository.Files()
                .Where(path => path.StartsWith("src/OrleansVectors.Cli/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
                .Where(path => !path.StartsWith("src/OrleansVectors.Cli/Doctor/", StringComparison.Ordinal))
                .Where(path => engine.Any(project => Repository.ReadText(path).Contains($"OrleansVectors.{project}", StringComparison.Ordinal))),
        ];

        Assert.Empty(users);
    }

    [Fact]
    public void The_picture_has_no_circle()
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        while (Picture.Allowed.Where(entry => !settled.Contains(entry.Key)).Where(entry => entry.Value.All(settled.Contains))
            .Select(entry => entry.Key).FirstOrDefault() is { } next)
        {
            settled.Add(next);
        }

        Assert.Equal(Picture.Allowed.Keys.Order(StringComparer.Ordinal), settled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_product_project_references_a_test_project()
    {
        string[] tests = [.. Repository.Projects.Where(project => !project.IsProduct).Select(project => project.Name)];

        Assert.Empty(Repository.Projects.Where(project => project.IsProduct).SelectMany(project => project.References).Intersect(tests));
    }

    [Fact]
    public void ARCHITECTURE_md_draws_the_arrows_that_are_allowed()
        => Assert.Equal(
            Picture.Allowed.SelectMany(entry => entry.Value.Select(to => $"{entry.Key} -> {to}")).Order(StringComparer.Ordinal),
            Picture.Drawn().Select(arrow => $"{arrow.From} -> {arrow.To}").Order(StringComparer.Ordinal));

    [Fact]
    public void ARCHITECTURE_md_draws_solid_arrows_for_the_references_that_exist()
        => Assert.Equal(
            Repository.Projects.Where(project => project.IsProduct)
                .SelectMany(project => project.References.Select(to => $"{project.Name} -> {to}")).Order(StringComparer.Ordinal),
            Picture.Drawn().Where(arrow => arrow.Exists).Select(arrow => $"{arrow.From} -> {arrow.To}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_project_is_in_the_solution_and_the_solution_names_no_other()
    {
        string[] inSolution =
        [
            .. Repository.ReadText(Repository.SolutionName).Split('"')
                .Where(part => part.EndsWith(".csproj", StringComparison.Ordinal))
                .Select(part => part.Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];

        Assert.Equal(Repository.Projects.Select(project => project.RelativePath).Order(StringComparer.Ordinal), inSolution);
    }
}
